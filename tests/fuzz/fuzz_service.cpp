// Any request: the first line is method and target, the rest the body. Every answer is well-formed HTTP, every refusal
// a SCIM error.
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/scimkit.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace
{

using namespace scimkit;

Service make_service()
{
    return Service::create({.base_url = "https://example.com",
                            .store = memory::make_store(),
                            .authenticator = no_authentication(),
                            .limits = {.max_body_bytes = 64 * 1024}})
        .value();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    static Service service = make_service();
    static int requests = 0;
    if (++requests % 5'000 == 0)
        service = make_service(); // so that the store does not grow for ever

    std::string_view text{reinterpret_cast<char const*>(data), size};
    std::string_view const line = text.substr(0, text.find('\n'));
    std::string_view const body = line.size() < text.size() ? text.substr(line.size() + 1) : std::string_view{};
    std::string_view const method = line.substr(0, line.find(' '));
    std::string_view const target = method.size() < line.size() ? line.substr(method.size() + 1) : std::string_view{};

    Response const response = service.handle(
        {.method = method, .target = target, .headers = {{"Content-Type", "application/scim+json"}}, .body = body});
    if (response.status < 200 || response.status > 599 || response.status == 500)
        std::abort();
    if (!response.body.empty() &&
        !parse_json(response.body, {.max_bytes = 1 << 26, .max_depth = 64, .max_values = 10'000'000}))
        std::abort();
    if (response.status >= 400 &&
        response.body.find("urn:ietf:params:scim:api:messages:2.0:Error") == std::string::npos)
        std::abort();
    return 0;
}
