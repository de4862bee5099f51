// Preconditions: If-Match, If-None-Match and the dates beside them of one request, in the order of RFC 9110 section
// 13.2.2. If-Match is about the stored resource, which is what writes change: memberships that are shown beside it do
// not count. If-None-Match of a GET is about the answer, so they do.
//
// Dates count in whole seconds, since HTTP has no smaller ones. One that cannot be read, or is there twice, is ignored,
// as one of a resource without a time of change is (RFC 9110 sections 13.1.3 and 13.1.4).
#pragma once

#include "etag.hpp"

#include <chrono>
#include <optional>

namespace scimkit::service
{

/// A value: it may outlive the request.
class Preconditions
{
public:
    explicit Preconditions(Request const& request);

    /// The client asks for certain versions: what fails by them must not be tried again as if it were a lost race.
    bool name_versions() const noexcept
    {
        return if_match_.names_versions() || if_none_match_.present() || if_unmodified_since_;
    }

    /// For PUT, PATCH and DELETE of a resource that is there in this state. A list of tags that cannot be read never
    /// lets a write pass. Error: precondition_failed.
    result<void> check_write(Resource const& stored) const;

    /// For GET and HEAD: whether If-Match, or else If-Unmodified-Since, lets it pass. Error: precondition_failed.
    result<void> check_read(Resource const& stored) const;

    /// For POST at an endpoint, where what is about to be made has no tags yet (docs/design.md, rulings). `is_list`: a
    /// GET there has an answer. Error: precondition_failed.
    result<void> check_post(bool is_list) const;

    /// For GET and HEAD: the client may have the answer already, so that its tag is worth making. A malformed
    /// If-None-Match is ignored.
    bool asks_if_modified() const noexcept { return if_none_match_.present() && !if_none_match_.malformed(); }
    /// It has: 304.
    bool not_modified(std::string_view tag) const noexcept;
    /// The same by If-Modified-Since, which counts only without If-None-Match. For an answer that shows nothing but
    /// what moves the time of change.
    bool not_modified_since(Instant last_modified) const noexcept;

private:
    EntityTags if_match_;
    EntityTags if_none_match_;
    std::optional<std::chrono::sys_seconds> if_unmodified_since_;
    std::optional<std::chrono::sys_seconds> if_modified_since_;
};

} // namespace scimkit::service
