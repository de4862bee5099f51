// Filters of a query are parsed and bound here; what a store cannot know of them (`$ref`, locations) is seen to, and a
// refusal says which setting would have let the filter pass.
#include "query_filter.hpp"

#include <scimkit/schema/registry.hpp>

#include "../filter/visit.hpp"
#include "../membership/reference_filter.hpp"
#include "../tolerance/rewriting.hpp"
#include "../tolerance/setting.hpp"
#include "location_filter.hpp"

#include <algorithm>

namespace scimkit::service
{
namespace
{

/// No group keeps when its members came.
result<void> check_times(BoundFilter const& filter, TypePlan const& plan)
{
    bool tests = false;
    if (plan.is_membership)
        for_each_attribute(filter, [&](AttributeRef const& attribute) { tests = tests || is_time(attribute); });
    return tests ? result<void>{Error{ErrorCode::invalid_filter, "Memberships have no times."}} : result<void>{};
}

// A refused filter of more than this is not tried again to find out which setting would have let it pass.
constexpr std::size_t max_explained_filter_bytes = 4096;

result<BoundFilter> bind_text(Call const& call, std::string_view text, ErrorCode never_returned,
                              Tolerance const& tolerance)
{
    auto const filter = parse_filter(text, filter_syntax_of(call, tolerance));
    if (!filter)
        return filter.error();
    auto options = bind_options(tolerance);
    options.never_returned = never_returned;
    options.unknown_has_no_value = call.route.queries_root(); // RFC 7644 section 3.4.2.1
    options.refuse_null_characters = !call.state.traits.null_characters;
    return bind(*filter, call.type(), options);
}

/// The refusal, with the setting under which there would be none.
Error explained(Error error, Call const& call, std::string_view text, ErrorCode never_returned)
{
    if (!error.setting.empty() || error.code != ErrorCode::invalid_filter || text.size() > max_explained_filter_bytes)
        return error;
    auto const passes = [&](std::string_view meant, Tolerance const& tolerance)
    { return bind_text(call, meant, never_returned, tolerance).has_value(); };
    error.setting = setting_that_passes(RefusedText::filter, call.tolerance(),
                                        [&](Tolerance const& wider) { return passes(text, wider); });
    if (!error.setting.empty() || call.tolerance().plus_is_space || call.request.method == "POST")
        return error;
    std::string with_blanks{text};
    std::ranges::replace(with_blanks, '+', ' ');
    if (with_blanks != text && passes(with_blanks, call.tolerance()))
        error.setting = "plus-is-space=on";
    return error;
}

} // namespace

FilterSyntax filter_syntax_of(Call const& call, Tolerance const& tolerance)
{
    auto const& limits = call.state.options.limits;
    auto syntax = filter_syntax(tolerance);
    syntax.max_bytes = std::max(limits.max_target_bytes, syntax.max_bytes);
    syntax.max_depth = limits.max_filter_depth;
    syntax.max_terms = limits.max_filter_terms;
    return syntax;
}

bool is_time(AttributeRef const& attribute)
{
    auto const* sub = attribute.sub_attribute;
    return sub && attribute.attribute == common_schema().find_attribute("meta") &&
           (sub->name == "created" || sub->name == "lastModified");
}

result<BoundFilter> read_filter(Call const& call, std::string_view text, ErrorCode never_returned)
{
    auto bound = bind_text(call, text, never_returned, call.tolerance());
    if (!bound)
        return explained(std::move(bound).error(), call, text, never_returned);
    if (auto known = check_times(*bound, call.plan()); !known)
        return std::move(known).error();
    if (auto seen = see_computed_references(*bound, *call.type_rules, call.rules.base_url, false); !seen)
        return std::move(seen).error();
    return with_ids_for_locations(std::move(*bound), call.plan());
}

} // namespace scimkit::service
