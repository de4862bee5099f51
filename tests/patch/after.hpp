// A PATCH in one line: attributes before, operations, attributes after.
#pragma once

#include "patch/support.hpp"

namespace scimkit::test
{

// The attributes after the operations, or the refusal; a refusal leaves everything as it was, to the order.
inline std::string after(std::string_view attributes, std::string_view operations, PatchOptions const& options = {},
                         ResourceType const& type = user())
{
    Patched patched{type, attributes};
    auto const before = patched.text();
    auto const changed = patched.patch(operations, options);
    if (!changed || !*changed)
        BOOST_TEST(patched.text() == before, "unchanged to the order of members");
    return changed ? patched.text() : refusal(changed);
}

inline std::string in_extension(std::string const& members)
{
    return R"({"userName":"a",")" + std::string{test_extension} + "\":{" + members + "}}";
}

inline std::string test_operation(std::string const& op, std::string const& path, std::string const& value)
{
    return R"([{"op":")" + op + R"(","path":")" + std::string{test_extension} + ":" + path + R"(","value":)" + value +
           "}]";
}

inline PatchOptions creating()
{
    PatchOptions options;
    options.create_on_no_match = true;
    return options;
}

inline PatchOptions removing_by_value()
{
    PatchOptions options;
    options.remove_by_value = true;
    return options;
}

inline constexpr std::string_view gadget_attributes =
    R"({"label":"x","owner":{"value":"1","display":"Bob","seal":"s","tags":["a"]},"parts":[{"value":"p"},{"value":"q"}],"urn:example:gadget:1.0:Extra":{"weight":1,"checked":"c"}})";

inline std::string gadget_after(std::string_view operations, PatchOptions const& options = {})
{
    return after(gadget_attributes, operations, options, gadget());
}

} // namespace scimkit::test
