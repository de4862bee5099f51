// Entity tags (RFC 7644 section 3.14, RFC 9110 section 8.8.3): the tag of a resource as an answer shows it, and the
// tags that a client names in If-Match and If-None-Match.
//
// W/"42" is the resource in its version 42. Where the answer shows what is computed beside the stored resource
// (`groups`), the tag has a digest of that too: W/"42-5f0a…". So what a client holds and what it would get differ
// whenever the two tags do, although a change of membership is no change of the user's record.
#pragma once

#include "state.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace scimkit::service
{

/// The tag of an answer that shows `resource` through `projection`: for the ETag header and meta.version. The resource
/// has its computed attributes, if they are shown. Empty for a store without versions.
std::string entity_tag(Resource const& resource, Projection const& projection, TypePlan const& plan);

/// What an opaque tag ("42-5f0a…", without quotation marks) says of the stored version: "42".
std::string_view stored_version(std::string_view opaque_tag) noexcept;

/// If-Match or If-None-Match (RFC 9110 section 13.1): `*`, or a list of tags. Tags are compared by their opaque text,
/// weak or not, since all of SCIM's are weak (RFC 7644 section 3.14). A value: it may outlive the request.
class EntityTags
{
public:
    EntityTags(Request const& request, std::string_view header);

    bool present() const noexcept { return present_; }
    bool malformed() const noexcept { return malformed_; }
    /// Names versions, rather than any version that there is.
    bool names_versions() const noexcept { return present_ && (!any_ || malformed_); }

    /// Whether one of them names the stored resource in this version, whatever was shown beside it.
    bool match_version(Version version) const;
    /// Whether one of them is exactly this tag, W/"…".
    bool match_tag(std::string_view tag) const noexcept;

private:
    void read(std::string_view list);

    bool present_ = false;
    bool any_ = false;
    bool malformed_ = false;
    std::vector<std::string> opaque_;
};

} // namespace scimkit::service
