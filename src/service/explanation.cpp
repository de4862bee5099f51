// Tables of what is not obeyed: by the setting, by the operation that has such an error, by the code. Whoever makes an
// error that says more than its code names the requirement there (Error::against). Their rows are those of
// docs/conformance.md; tests compare them.
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
    std::string_view row_or_section; ///< as Error::requirement
};

constexpr std::array by_code{
    ByCode{ErrorCode::invalid_filter, "7644-3.12-s"},
    ByCode{ErrorCode::too_many, "7644-3.12-t"},
    ByCode{ErrorCode::uniqueness, "7644-3.12-u"},
    ByCode{ErrorCode::mutability, "7644-3.12-v"},
    ByCode{ErrorCode::invalid_syntax, "7644-3.12-w"},
    ByCode{ErrorCode::invalid_path, "7644-3.12-x"},
    ByCode{ErrorCode::no_target, "7644-3.12-y"},
    ByCode{ErrorCode::invalid_value, "7644-3.12-z"},
    ByCode{ErrorCode::invalid_version, "7644-3.13-c"},
    ByCode{ErrorCode::sensitive, "7644-7.5.2-a"},
    ByCode{ErrorCode::invalid_cursor, "9865-2.1-b"},
    ByCode{ErrorCode::expired_cursor, "9865-2.1-c"},
    ByCode{ErrorCode::invalid_count, "9865-2.1-d"},
    ByCode{ErrorCode::bad_request, "7644-3.12-i"},
    ByCode{ErrorCode::unauthorized, "7644-3.12-j"}, // the same whatever is wrong with the credentials
    ByCode{ErrorCode::forbidden, "7644-3.12-k"},
    ByCode{ErrorCode::not_found, "7644-3.12-l"},
    ByCode{ErrorCode::method_not_allowed, "7644-3.12-ae"},
    ByCode{ErrorCode::not_acceptable, "7644-3.8-f"},
    ByCode{ErrorCode::conflict, "7644-3.12-m"},
    ByCode{ErrorCode::precondition_failed, "7644-3.14-h"},
    ByCode{ErrorCode::payload_too_large, "7644-3.12-p"},
    ByCode{ErrorCode::unsupported_media_type, "7644-3.8-h"},
    ByCode{ErrorCode::not_implemented, "7644-3.12-r"},
    // Of HTTP, which has no rows.
    ByCode{ErrorCode::request_timeout, "RFC 9110 section 15.5.9"},
    ByCode{ErrorCode::trimmed, "RFC 9110 section 15.5.11"},
    ByCode{ErrorCode::uri_too_long, "RFC 9110 section 15.5.15"},
    ByCode{ErrorCode::expectation_failed, "RFC 9110 section 15.5.18"},
    ByCode{ErrorCode::too_many_requests, "RFC 6585 section 4"},
    ByCode{ErrorCode::headers_too_large, "RFC 6585 section 5"},
};

struct ByOperation
{
    ErrorCode code;
    Access::Operation operation;
    std::string_view row_or_section; ///< as Error::requirement
};

// What an operation says itself of a fault, where whoever found it does not know which operation it was.
constexpr std::array by_operation{
    ByOperation{ErrorCode::not_found, Access::Operation::read, "7644-3.4.1-b"},
    ByOperation{ErrorCode::not_found, Access::Operation::replace, "7644-3.5.1-a"},
    ByOperation{ErrorCode::not_found, Access::Operation::patch, "7644-3.5.2-ag"},
    ByOperation{ErrorCode::not_found, Access::Operation::remove, "7644-3.6-f"},
    ByOperation{ErrorCode::uniqueness, Access::Operation::create, "7644-3.3-i"},
    ByOperation{ErrorCode::uniqueness, Access::Operation::replace, "7644-3.5.1-o"},
    ByOperation{ErrorCode::uniqueness, Access::Operation::patch, "7644-3.5.2-ah"},
    ByOperation{ErrorCode::invalid_syntax, Access::Operation::create, "7644-3.3-p"},
    ByOperation{ErrorCode::invalid_syntax, Access::Operation::replace, "7644-3.5.1-p"},
    ByOperation{ErrorCode::invalid_syntax, Access::Operation::query, "7644-3.4.3-k"},
    ByOperation{ErrorCode::invalid_value, Access::Operation::create, "7644-3.3-s"},
    ByOperation{ErrorCode::invalid_value, Access::Operation::replace, "7644-3.5.1-p"},
    ByOperation{ErrorCode::invalid_value, Access::Operation::patch, "7644-3.5.2-aj"},
    ByOperation{ErrorCode::mutability, Access::Operation::patch, "7644-3.5.2-n"},
    ByOperation{ErrorCode::too_many, Access::Operation::query, "7644-3.4.2.1-d"},
    ByOperation{ErrorCode::precondition_failed, Access::Operation::read, "RFC 9110 section 13.1.1"},
    ByOperation{ErrorCode::precondition_failed, Access::Operation::remove, "7644-3.6-g"},
};

struct Twin
{
    std::string_view row;
    Access::Operation operation;
    std::string_view own;
};

// What one operation says as another does.
constexpr std::array twins{
    Twin{"7644-3.3-o", Access::Operation::replace, "7644-3.5.1-l"},
    Twin{"7644-3.3-o", Access::Operation::patch, "7644-3.5.2-n"},
};

struct BySetting
{
    std::string_view name;
    std::string_view row;
};

constexpr std::array by_setting{
    BySetting{"op-letter-case", "7644-3.5.2-e"},
    BySetting{"boolean-as-string", "7643-2.3.2-a"},
    BySetting{"create-on-no-match", "7644-3.5.2.3-k"},
    BySetting{"dotted-keys", "7644-3.5.2.1-d"},
    BySetting{"remove-by-value", "7644-3.5.2.2-n"},
    BySetting{"remove-absent", "7644-3.5.2.2-m"},
    BySetting{"string-for-complex", "7643-2.3.8-a"},
    BySetting{"array-for-single", "7643-2.3-c"},
    BySetting{"object-for-multi", "7643-2.4-a"},
    BySetting{"empty-string-clears-complex", "7643-2.5-g"},
    BySetting{"ignore-unknown-attributes", "7643-2-c"},
    BySetting{"ignore-unknown-schemas", "7644-3.3-r"},
    BySetting{"extension-without-schema", "7643-3-j"},
    BySetting{"missing-schemas", "7644-3.3-q"},
    BySetting{"legacy-schema-uris", "7643-3-b"},
    BySetting{"unprefixed-extension-attribute", "7644-3.10-c"},
    BySetting{"filter-sub-attribute-after-value-path", "7644-3.4.2.2-al"},
    BySetting{"complex-compares-by-value", "7644-3.4.2.2-au"},
    BySetting{"ignore-readonly-echo", "7644-3.5.2-o"},
    BySetting{"several-primaries", "7643-2.4-e"},
    BySetting{"lax-formats", "7643-2.3.1-c"},
    BySetting{"json-media-type", "7644-3.8-g"},
    BySetting{"lenient-targets", "7644-3.2-k"},
    BySetting{"plus-is-space", "7644-1.2-b"},
    BySetting{"filter-blanks", "7644-3.4.2.2-al"},
    BySetting{"contradicting-references", "7643-2.3.7-g"},
    BySetting{"search-strings", "7644-3.4.3-g"},
    BySetting{"unquoted-path-values", "7644-3.4.2.2-y"},
    BySetting{"unquoted-filter-values", "7644-3.4.2.2-y"},
    BySetting{"dot-after-schema-uri", "7644-3.10-a"},
    BySetting{"pathless-operations", "7644-3.5.2-j"},
    BySetting{"filtered-elements", "7644-3.5.2-g"},
    BySetting{"several-matches", "7644-3.5.2.3-h"},
    BySetting{"undefined-at-root", "7644-3.4.2.1-e"},
    BySetting{"empty-list-for-missing-types", "7644-3.2-k"},
    BySetting{"any-case-endpoints", "7644-3.2-l"},
    BySetting{"ignore-unkept-paths", "7644-3.5.2-i"},
    BySetting{"unique-group-names", "7643-7-zc"},
    BySetting{"unique-external-ids", "7643-3.1-n"},
    BySetting{"unknown-members", "7643-2.3.7-g"},
};

constexpr std::string_view no_row = "RFC "; ///< at the beginning of what is a place in itself

} // namespace

std::string Requirement::reference() const
{
    if (id.empty())
        return std::string{place};
    auto const section = id.find('-') + 1;
    return std::string{no_row} + std::string{id.substr(0, section - 1)} + " section " +
           std::string{id.substr(section, id.rfind('-') - section)};
}

std::optional<Requirement> requirement_of(Error const& error) noexcept
{
    auto const name = error.setting.substr(0, error.setting.find('='));
    auto const* const setting = std::ranges::find(by_setting, name, &BySetting::name);
    auto const* const code = std::ranges::find(by_code, error.code, &ByCode::code);
    if (setting == by_setting.end() && code == by_code.end())
        return std::nullopt;
    auto const what = setting != by_setting.end()  ? setting->row
                      : !error.requirement.empty() ? error.requirement
                                                   : code->row_or_section;
    return what.starts_with(no_row) ? Requirement{.place = what} : Requirement{.id = what};
}

Error with_requirement(Error error, std::optional<Access::Operation> operation)
{
    if (error.requirement.empty())
    {
        auto const* const found =
            std::ranges::find_if(by_operation, [&](ByOperation const& each)
                                 { return each.code == error.code && each.operation == operation; });
        error.requirement = found != by_operation.end() ? found->row_or_section : std::string_view{};
        return error;
    }
    auto const* const twin = std::ranges::find_if(
        twins, [&](Twin const& each) { return each.row == error.requirement && each.operation == operation; });
    error.requirement = twin != twins.end() ? twin->own : error.requirement;
    return error;
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
    body += requirement.reference();
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
