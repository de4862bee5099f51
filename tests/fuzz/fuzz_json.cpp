// Any bytes as JSON: parsing never crashes, and what is accepted is written and read again as the same value.
#include <scimkit/core/json.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace scimkit;
    auto const value = parse_json({reinterpret_cast<char const*>(data), size});
    if (!value)
        return 0;
    std::string text;
    write_json(text, *value);
    auto const again = parse_json(text);
    if (!again || !equal_json(*value, *again))
        std::abort();
    return 0;
}
