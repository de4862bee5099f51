// Whoever watches over the server has no credentials, and needs an answer when the store has none.
#include "own_pages.hpp"

#include "host.hpp"
#include "request_view.hpp"

#include <algorithm>

namespace scimkit::http
{

namespace
{

constexpr std::string_view health = "/healthz";
constexpr std::string_view readiness = "/readyz";

/// A word for whoever looks at a check; what exactly is wrong is in the log.
std::string_view reason_of(ErrorCode code) noexcept
{
    switch (code)
    {
    case ErrorCode::corrupt:
        return "corrupt\n";
    case ErrorCode::busy:
        return "busy\n";
    case ErrorCode::unavailable:
        return "unavailable\n";
    default:
        return "failed\n";
    }
}

Response check(Host const& host, bool for_more_requests)
{
    auto const healthy = host.service.health();
    auto const queued = std::max(host.workers.queued(), host.reads.queued());
    bool const full = for_more_requests && queued >= host.options.max_queued_requests;
    Response response;
    response.headers.push_back({"Content-Type", "text/plain"});
    response.status = healthy && !host.stopping && !full ? 200 : 503;
    response.body = host.stopping ? "stopping\n"
                    : !healthy    ? reason_of(healthy.error().code)
                    : full        ? "full\n"
                                  : "ok\n";
    return response;
}

bool is_of(ServerPage const& page, std::string_view path) noexcept
{
    return path.starts_with(page.path) &&
           (path.size() == page.path.size() || (page.below && path[page.path.size()] == '/'));
}

bool is_safe(std::string_view method) noexcept { return method == "GET" || method == "HEAD"; }

/// The first that takes it.
ServerPage const* find_page(Request const& request, std::string_view path, Host const& host) noexcept
{
    auto const& pages = host.options.pages;
    auto const found =
        std::ranges::find_if(pages, [&](ServerPage const& page)
                             { return is_of(page, path) && (page.every_method || is_safe(request.method)); });
    return found == pages.end() ? nullptr : &*found;
}

} // namespace

OwnPage own_page(Request const& request, Host const& host) noexcept
{
    auto const path = path_of(request.target);
    if (is_safe(request.method) && (path == health || path == readiness))
        return OwnPage::check;
    return find_page(request, path, host) ? OwnPage::page : OwnPage::none;
}

Response answer_own(Request const& request, Host const& host)
{
    auto const path = path_of(request.target);
    if (path == health || path == readiness)
        return check(host, path == readiness);
    return find_page(request, path, host)->answer(request);
}

} // namespace scimkit::http
