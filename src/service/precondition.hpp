// Preconditions: If-Match and If-None-Match of one request, in the order of RFC 9110 section 13.2.2. If-Match is about
// the stored resource, which is what writes change: memberships that are shown beside it do not count. If-None-Match of
// a GET is about the answer, so they do.
#pragma once

#include "etag.hpp"

namespace scimkit::service
{

/// A value: it may outlive the request.
class Preconditions
{
public:
    explicit Preconditions(Request const& request);

    /// The client asks for certain versions: what fails by them must not be tried again as if it were a lost race.
    bool name_versions() const noexcept { return if_match_.names_versions() || if_none_match_.present(); }

    /// For PUT, PATCH and DELETE of a resource that is there in this version. A condition that cannot be read never
    /// lets a write pass. Error: precondition_failed.
    result<void> check_write(Version version) const;

    /// For GET and HEAD: whether If-Match lets it pass. Error: precondition_failed.
    result<void> check_read(Version version) const;

    /// For GET and HEAD: the client may have the answer already, so that its tag is worth making. A malformed
    /// If-None-Match is ignored.
    bool asks_if_modified() const noexcept { return if_none_match_.present() && !if_none_match_.malformed(); }
    /// It has: 304.
    bool not_modified(std::string_view tag) const noexcept;

private:
    EntityTags if_match_;
    EntityTags if_none_match_;
};

} // namespace scimkit::service
