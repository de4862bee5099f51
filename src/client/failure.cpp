// Names and sentences of failures.
#include <scimkit/client/failure.hpp>

#include <stdexcept>

namespace scimkit::client
{

std::string_view to_string(FailureKind kind) noexcept
{
    switch (kind)
    {
    case FailureKind::unreachable:
        return "unreachable";
    case FailureKind::untrusted:
        return "untrusted";
    case FailureKind::timed_out:
        return "timed-out";
    case FailureKind::cut_off:
        return "cut-off";
    case FailureKind::too_large:
        return "too-large";
    case FailureKind::redirected:
        return "redirected";
    case FailureKind::not_scim:
        return "not-scim";
    case FailureKind::malformed:
        return "malformed";
    case FailureKind::refused:
        return "refused";
    case FailureKind::inconsistent:
        return "inconsistent";
    case FailureKind::credentials:
        return "credentials";
    case FailureKind::cancelled:
        return "cancelled";
    case FailureKind::misuse:
        return "misuse";
    }
    return "unknown";
}

std::string describe(Failure const& failure)
{
    std::string said;
    if (failure.status != 0)
        said = "HTTP " + std::to_string(failure.status);
    if (auto const type = scim_type_of(failure.error.code); failure.kind == FailureKind::refused && !type.empty())
        said += " " + std::string{type};
    if (failure.error.detail.empty())
        return said.empty() ? std::string{to_string(failure.kind)} : said;
    return said.empty() ? failure.error.detail : said + ": " + failure.error.detail;
}

void throw_exception_from_error(Failure const& failure, boost::source_location const&)
{
    throw std::runtime_error{describe(failure)};
}

} // namespace scimkit::client
