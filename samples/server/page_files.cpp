// The files are in the program: one thing to install, and a page that fits its server.
#include "page.hpp"

#include <page_files.hpp> // made by CMake

namespace server
{

using scimkit::Request;
using scimkit::Response;

namespace
{

/// Nothing from elsewhere, nothing inline, no text that becomes markup, in no frame.
constexpr char const* content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

Response file_response(char const* type, std::string_view content)
{
    return {.status = 200,
            .headers = {{"Content-Type", type},
                        {"Cache-Control", "no-cache"},
                        {"Content-Security-Policy", content_security_policy},
                        {"X-Frame-Options", "DENY"},
                        {"Referrer-Policy", "no-referrer"},
                        {"Cross-Origin-Opener-Policy", "same-origin"},
                        {"Cross-Origin-Resource-Policy", "same-origin"},
                        {"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"}},
            .body = std::string{content}};
}

Response redirect(Request const&)
{
    return {.status = 308, .headers = {{"Location", "/admin"}, {"Cache-Control", "no-cache"}}};
}

} // namespace

std::vector<scimkit::http::ServerPage> page_files()
{
    std::vector<scimkit::http::ServerPage> pages;
    for (auto const& file : embedded_page_files)
    {
        auto answer = [&file](Request const&) { return file_response(file.type, file.content); };
        pages.push_back({.path = file.path, .answer = std::move(answer)});
    }
    pages.push_back({.path = "/admin/", .answer = redirect});
    return pages;
}

} // namespace server
