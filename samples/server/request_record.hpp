// A request and its answer as they are kept: copied while they are there, and turned into a resource later on.
#pragma once

#include <scimkit/http/server.hpp>
#include <scimkit/resource/resource.hpp>

#include "redaction.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace server
{

/// A copy, with secrets and all but credentials in headers: it lives in memory, until the record is made.
struct KeptExchange
{
    std::string peer, method, target, subject, tenant, request_id, trace_id, scim_type, detail, requirement, setting;
    std::vector<std::pair<std::string, std::string>> request_headers{};
    std::vector<std::pair<std::string, std::string>> response_headers{};
    std::string request_body{}; ///< empty: none, or longer than what is kept
    std::string response_body{};
    std::size_t request_bytes = 0;
    std::size_t response_bytes = 0;
    int status = 0;
    std::chrono::microseconds duration{0};
    scimkit::Instant at{};

    /// What it takes in memory, about.
    std::size_t bytes() const noexcept;
};

/// Bodies longer than `max_body_bytes` are left out.
KeptExchange keep(scimkit::http::ExchangeRecord const& record, std::size_t max_body_bytes, scimkit::Instant at);

/// The attributes of a RequestRecord. `root`: the part of the path that is the SCIM root, or empty.
scimkit::json::object record_of(KeptExchange const& exchange, std::string_view root, Redactor const& redactor);

} // namespace server
