// Two tables: what each setting is about, and for all else what each code is about. Their rows are those of
// docs/conformance.md; a test compares them.
#include "explanation.hpp"

#include <scimkit/core/json.hpp>

#include <algorithm>
#include <array>

namespace scimkit::service
{
namespace
{

struct ByCode
{
    ErrorCode code;
    Requirement requirement;
};

constexpr std::array by_code{
    ByCode{ErrorCode::invalid_filter, {"7644-3.12-s", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::too_many, {"7644-3.12-t", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::uniqueness, {"7644-3.12-u", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::mutability, {"7644-3.12-v", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::invalid_syntax, {"7644-3.12-w", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::invalid_path, {"7644-3.12-x", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::no_target, {"7644-3.12-y", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::invalid_value, {"7644-3.12-z", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::invalid_version, {"7644-3.12-aa", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::sensitive, {"7644-7.5.2-a", "RFC 7644 section 7.5.2"}},
    ByCode{ErrorCode::invalid_cursor, {"9865-2.1-b", "RFC 9865 section 2.1"}},
    ByCode{ErrorCode::expired_cursor, {"9865-2.1-c", "RFC 9865 section 2.1"}},
    ByCode{ErrorCode::invalid_count, {"9865-2.1-d", "RFC 9865 section 2.1"}},
    ByCode{ErrorCode::bad_request, {"7644-3.12-i", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::forbidden, {"7644-3.12-k", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::not_found, {"7644-3.12-l", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::method_not_allowed, {"7644-3.12-ae", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::not_acceptable, {"7644-3.8-f", "RFC 7644 section 3.8"}},
    ByCode{ErrorCode::conflict, {"7644-3.12-m", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::precondition_failed, {"7644-3.12-o", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::payload_too_large, {"7644-3.12-p", "RFC 7644 section 3.12"}},
    ByCode{ErrorCode::unsupported_media_type, {"7644-3.8-h", "RFC 7644 section 3.8"}},
    ByCode{ErrorCode::not_implemented, {"7644-3.12-r", "RFC 7644 section 3.12"}},
    // Of HTTP, which has no rows.
    ByCode{ErrorCode::request_timeout, {"", "RFC 9110 section 15.5.9"}},
    ByCode{ErrorCode::trimmed, {"", "RFC 9110 section 15.5.11"}},
    ByCode{ErrorCode::uri_too_long, {"", "RFC 9110 section 15.5.15"}},
    ByCode{ErrorCode::expectation_failed, {"", "RFC 9110 section 15.5.18"}},
    ByCode{ErrorCode::too_many_requests, {"", "RFC 6585 section 4"}},
    ByCode{ErrorCode::headers_too_large, {"", "RFC 6585 section 5"}},
};

struct BySetting
{
    std::string_view name;
    Requirement requirement;
};

constexpr std::array by_setting{
    BySetting{"op-letter-case", {"7644-3.5.2-e", "RFC 7644 section 3.5.2"}},
    BySetting{"boolean-as-string", {"7643-2.3.2-a", "RFC 7643 section 2.3.2"}},
    BySetting{"create-on-no-match", {"7644-3.5.2.3-k", "RFC 7644 section 3.5.2.3"}},
    BySetting{"dotted-keys", {"7644-3.5.2.1-d", "RFC 7644 section 3.5.2.1"}},
    BySetting{"remove-by-value", {"7644-3.5.2.2-n", "RFC 7644 section 3.5.2.2"}},
    BySetting{"remove-absent", {"7644-3.5.2.2-m", "RFC 7644 section 3.5.2.2"}},
    BySetting{"string-for-complex", {"7643-2.3.8-a", "RFC 7643 section 2.3.8"}},
    BySetting{"array-for-single", {"7643-2.3-c", "RFC 7643 section 2.3"}},
    BySetting{"object-for-multi", {"7643-2.4-a", "RFC 7643 section 2.4"}},
    BySetting{"empty-string-clears-complex", {"7643-2.5-g", "RFC 7643 section 2.5"}},
    BySetting{"ignore-unknown-attributes", {"7643-2-c", "RFC 7643 section 2"}},
    BySetting{"ignore-unknown-schemas", {"7644-3.3-r", "RFC 7644 section 3.3"}},
    BySetting{"extension-without-schema", {"7643-3-j", "RFC 7643 section 3"}},
    BySetting{"missing-schemas", {"7644-3.3-q", "RFC 7644 section 3.3"}},
    BySetting{"legacy-schema-uris", {"7643-3-b", "RFC 7643 section 3"}},
    BySetting{"unprefixed-extension-attribute", {"7644-3.10-c", "RFC 7644 section 3.10"}},
    BySetting{"filter-sub-attribute-after-value-path", {"7644-3.4.2.2-al", "RFC 7644 section 3.4.2.2"}},
    BySetting{"complex-compares-by-value", {"7644-3.4.2.2-au", "RFC 7644 section 3.4.2.2"}},
    BySetting{"ignore-readonly-echo", {"7644-3.5.2-o", "RFC 7644 section 3.5.2"}},
    BySetting{"several-primaries", {"7643-2.4-e", "RFC 7643 section 2.4"}},
    BySetting{"lax-formats", {"7643-2.3.1-c", "RFC 7643 section 2.3.1"}},
    BySetting{"json-media-type", {"7644-3.8-g", "RFC 7644 section 3.8"}},
    BySetting{"lenient-targets", {"7644-3.2-k", "RFC 7644 section 3.2"}},
    BySetting{"plus-is-space", {"7644-1.2-b", "RFC 7644 section 1.2"}},
    BySetting{"filter-blanks", {"7644-3.4.2.2-al", "RFC 7644 section 3.4.2.2"}},
    BySetting{"contradicting-references", {"7643-2.3.7-g", "RFC 7643 section 2.3.7"}},
    BySetting{"search-strings", {"7644-3.4.3-g", "RFC 7644 section 3.4.3"}},
    BySetting{"unquoted-path-values", {"7644-3.4.2.2-y", "RFC 7644 section 3.4.2.2"}},
    BySetting{"unquoted-filter-values", {"7644-3.4.2.2-y", "RFC 7644 section 3.4.2.2"}},
    BySetting{"dot-after-schema-uri", {"7644-3.10-a", "RFC 7644 section 3.10"}},
    BySetting{"pathless-operations", {"7644-3.5.2-j", "RFC 7644 section 3.5.2"}},
    BySetting{"filtered-elements", {"7644-3.5.2-g", "RFC 7644 section 3.5.2"}},
    BySetting{"several-matches", {"7644-3.5.2.3-h", "RFC 7644 section 3.5.2.3"}},
    BySetting{"undefined-at-root", {"7644-3.4.2.1-e", "RFC 7644 section 3.4.2.1"}},
    BySetting{"empty-list-for-missing-types", {"7644-3.2-k", "RFC 7644 section 3.2"}},
    BySetting{"any-case-endpoints", {"7644-3.2-l", "RFC 7644 section 3.2"}},
    BySetting{"ignore-unkept-paths", {"7644-3.5.2-i", "RFC 7644 section 3.5.2"}},
    BySetting{"unique-group-names", {"7643-7-zc", "RFC 7643 section 7"}},
    BySetting{"unique-external-ids", {"7643-3.1-n", "RFC 7643 section 3.1"}},
    BySetting{"unknown-members", {"7643-2.3.7-g", "RFC 7643 section 2.3.7"}},
};

} // namespace

Requirement const* requirement_of(Error const& error) noexcept
{
    auto const name = error.setting.substr(0, error.setting.find('='));
    auto const* const setting = std::ranges::find(by_setting, name, &BySetting::name);
    if (setting != by_setting.end())
        return &setting->requirement;
    auto const* const code = std::ranges::find(by_code, error.code, &ByCode::code);
    return code != by_code.end() ? &code->requirement : nullptr;
}

void write_explanation(std::string& body, Error const& error, Requirement const& requirement)
{
    body += ",\"";
    body += explanation_uri;
    body += R"(":{)";
    if (!requirement.id.empty())
    {
        body += R"("requirement":")";
        body += requirement.id;
        body += R"(",)";
    }
    body += R"("reference":")";
    body += requirement.rfc;
    body += '"';
    if (!error.setting.empty())
    {
        body += R"(,"setting":")";
        body += error.setting;
        body += '"';
    }
    if (!error.attribute.empty())
    {
        body += R"(,"attribute":)";
        write_json_string(body, error.attribute);
    }
    body += '}';
}

Error for_the_client(Error error)
{
    switch (error.code)
    {
    case ErrorCode::internal:
    case ErrorCode::corrupt:
        error.detail = "The service failed. Nothing is wrong with the request.";
        break;
    case ErrorCode::unavailable:
        error.detail = "The service is not available for the moment.";
        break;
    default:
        break;
    }
    return error;
}

} // namespace scimkit::service
