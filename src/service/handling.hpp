// Handling: one request from arrival to response. Locates, authenticates, authorises, hands over to the operation, and
// turns whatever goes wrong into a SCIM error (RFC 7644 section 3.12).
#pragma once

#include "call.hpp"

namespace scimkit::service
{

/// Faults of the service in words that tell nothing of its inside; refusals as they are.
Error for_the_client(Error error);

class Handling
{
public:
    Handling(ServiceState const& state, Request const& request);

    /// Throws std::bad_alloc and nothing else.
    Response run();

    /// What run() does before it needs the body. See Service::admit.
    std::optional<Response> admit(std::optional<Principal>& principal);

private:
    result<Response> answer();
    result<Response> operate(Call const& call) const;
    result<Response> carry_out(Call const& call) const;
    result<Response> operate_on_own(Call& call);
    result<void> authenticate(Route const* route);
    result<std::string_view> find_tenant() const;
    result<void> check_method(Route const& route) const;
    result<void> authorise(Route const& route) const;
    /// Of a write. Errors: not_implemented (the header is not taken), bad_request (it says neither true nor false).
    result<bool> asks_for_dry_run() const;
    Error with_root(Error error) const;
    Response refuse(Error error) const;
    std::string allow_header() const { return std::string{allowed_} + ", OPTIONS"; }
    void log_failure(Error const& error) const;
    void log_fault(LogLevel level, std::string_view what, std::string_view why) const;

    ServiceState const& state_;
    Request const& request_;
    std::string_view method_; ///< what is done: HEAD is a GET whose body is left out in the end
    Principal principal_;
    std::string own_location_;                     ///< of the resource that /Me stands for, once it is known
    std::string tenant_;                           ///< once it is known
    bool only_admits_ = false;                     ///< stops before the operation
    bool out_of_work_ = false;                     ///< Request::work_limit was too little
    bool anonymous_ = false;                       ///< let in without credentials, to what is public
    std::string_view allowed_;                     ///< methods of the endpoint, for the Allow header of a 405
    std::optional<Access::Operation> operation_{}; ///< whose rows explain a refusal, once the route is known
};

} // namespace scimkit::service
