// A grammar that has failed does not know what it failed for. So the text is tried again with one switch more, which is
// exact, and costs only whoever is refused.
#include "setting.hpp"

namespace scimkit
{
namespace
{

struct Candidate
{
    bool Tolerance::*member;
    std::string_view setting;
    bool in_filter = true;
    bool in_path = true;
};

constexpr Candidate candidates[] = {
    {&Tolerance::filter_blanks, "filter-blanks=on"},
    {&Tolerance::filter_sub_attribute_after_value_path, "filter-sub-attribute-after-value-path=on"},
    {&Tolerance::unquoted_filter_values, "unquoted-filter-values=on", true, false},
    {&Tolerance::unquoted_path_values, "unquoted-path-values=on", false, true},
    {&Tolerance::legacy_schema_uris, "legacy-schema-uris=on"},
    {&Tolerance::dot_after_schema_uri, "dot-after-schema-uri=on"},
    {&Tolerance::unprefixed_extension_attribute, "unprefixed-extension-attribute=on"},
};

} // namespace

std::string_view setting_that_passes(RefusedText text, Tolerance const& tolerance,
                                     function_ref<bool(Tolerance const&)> passes)
{
    for (Candidate const& candidate : candidates)
    {
        if (tolerance.*candidate.member || !(text == RefusedText::filter ? candidate.in_filter : candidate.in_path))
            continue;
        Tolerance wider = tolerance;
        wider.*candidate.member = true;
        if (passes(wider))
            return candidate.setting;
    }
    return {};
}

} // namespace scimkit
