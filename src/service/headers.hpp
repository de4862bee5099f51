// Request headers that the service reads: media types and entity tags.
#pragma once

#include <scimkit/resource/resource.hpp>
#include <scimkit/service/message.hpp>

#include <string_view>
#include <vector>

namespace scimkit::service
{

inline constexpr std::string_view scim_media_type = "application/scim+json";
inline constexpr std::string_view json_media_type = "application/json";

/// The value of the first header of that name, ignoring case; empty if there is none.
std::string_view find_header(Request const& request, std::string_view name) noexcept;

/// Whether a body of this request is JSON as SCIM sends it (RFC 7644 section 3.8). Parameters are ignored. `lenient`
/// also takes application/json and a body that says nothing. Error: unsupported_media_type.
result<void> check_content_type(Request const& request, bool lenient);

/// application/json where `Accept` prefers it to application/scim+json, and `allow_json`; else application/scim+json.
/// No request is refused for its Accept header: identity providers send all kinds.
std::string_view choose_media_type(Request const& request, bool allow_json);

/// If-Match or If-None-Match (RFC 9110 section 13.1): `*`, or a list of tags. Tags are compared by their opaque text,
/// weak or not, since all of SCIM's are weak (RFC 7644 section 3.14). Views point into the request.
class EntityTags
{
public:
    EntityTags(Request const& request, std::string_view header);

    bool present() const noexcept { return present_; }
    bool malformed() const noexcept { return malformed_; }
    /// Names versions, rather than any version that there is.
    bool names_versions() const noexcept { return present_ && (!any_ || malformed_); }
    bool match(Version version) const;

private:
    void read(std::string_view list);

    bool present_ = false;
    bool any_ = false;
    bool malformed_ = false;
    std::vector<std::string_view> opaque_;
};

} // namespace scimkit::service
