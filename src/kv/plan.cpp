// Which keys lead to the matches of a filter.
#include "plan.hpp"

#include <scimkit/schema/registry.hpp>

#include "../core/case_folding.hpp"
#include "../filter/visit.hpp"

#include <algorithm>
#include <limits>

namespace scimkit::kv
{
namespace
{

/// How many keys are looked at to find out which of several legs is the shortest. What has fewer is not worth a second
/// walk: its records are looked at.
constexpr std::uint64_t most_sampled = 200;

constexpr std::size_t max_planned_depth = 16; ///< of nested tests; what lies deeper is found by looking at records

/// The legs that together find all matches of a part of the filter.
struct Way
{
    std::vector<Leg> any_of{};
    bool exact = true;
    unsigned rank = 0; // 0: at most one resource; then the shorter, as a rule, the lower
};

using MaybeWay = result<std::optional<Way>>;

class Planner
{
public:
    Planner(Session& session, Catalog::Type const& type)
        : session_(session)
        , type_(type)
    {
    }

    MaybeWay way(BoundFilter const& filter)
    {
        if (depth_ == max_planned_depth)
            return none();
        ++depth_;
        auto found = std::visit([this](auto const& node) { return this->of(node); }, filter.node);
        --depth_;
        return found;
    }

    /// An `and` of tests of a resource, not of one element: what each finds can be intersected.
    result<Plan> plan(BoundConjunction const& all)
    {
        auto ways = ways_of(all);
        if (!ways)
            return ways.error();
        if (ways->empty())
            return Plan{};
        auto const best = shortest(*ways);
        if (!best)
            return best.error();
        Plan plan{.scan = false, .any_of = {}, .and_of = {}, .exact = false};
        plan.exact = ways->size() == all.operands.size() && std::ranges::all_of(*ways, &Way::exact);
        for (std::size_t i = 0; i < ways->size(); ++i)
        {
            Way& way = (*ways)[i];
            if (i == best->place)
                plan.any_of = std::move(way.any_of);
            else if (best->count >= most_sampled || std::ranges::all_of(way.any_of, is_probe))
                plan.and_of.push_back(std::move(way.any_of));
            else
                plan.exact = false;
        }
        if (!plan.exact)
            plan.and_of.clear();
        return plan;
    }

private:
    static MaybeWay none() { return std::optional<Way>{}; }
    static MaybeWay one(Leg leg, bool exact, unsigned rank)
    {
        Way way;
        way.any_of.push_back(std::move(leg));
        way.exact = exact;
        way.rank = rank;
        return std::optional<Way>{std::move(way)};
    }

    MaybeWay of(BoundComparison const& test)
    {
        bool const equal = test.op == CompareOperator::eq;
        auto const* string = std::get_if<StringKey>(&test.value);
        // Equality of references is looser than equality of keys.
        if (std::holds_alternative<std::nullptr_t>(test.value) ||
            (equal && test.attribute.leaf().type == AttributeType::reference))
            return none();
        if (equal && string)
        {
            if (test.attribute.schema == &common_schema() && test.attribute.attribute->name == "id")
                return by_id(*string);
            if (auto const* large = session_.catalog().find_large(*type_.type, *test.attribute.attribute))
                return by_reference(test, *string, *large);
            if (is_unique(test.attribute))
                return one({.kind = Leg::Kind::unique,
                            .first = session_.keys().unique(type_.number, test.attribute.path(), string->key)},
                           true, 0);
        }
        auto const* index = session_.catalog().find_index(*type_.type, test.attribute);
        return index ? by_index(test, *index) : none();
    }

    MaybeWay of(BoundPresence const& test)
    {
        auto const* index = session_.catalog().find_index(*type_.type, test.attribute);
        if (!index)
            return none();
        std::string const base = session_.keys().index(type_.number, index->number);
        // Not exact: an empty string has an entry, but is not present.
        return one({.kind = Leg::Kind::range, .first = base, .last = base + tag::no_value, .index_size = base.size()},
                   false, 5);
    }

    /// Of its operands that have one; the only one of rank 0, if there is one.
    result<std::vector<Way>> ways_of(BoundConjunction const& all)
    {
        std::vector<Way> ways;
        for (BoundFilter const& operand : all.operands)
        {
            auto found = way(operand);
            if (!found)
                return found.error();
            if (!*found)
                continue;
            ways.push_back(std::move(**found));
            if (ways.back().rank == 0)
            {
                std::swap(ways.front(), ways.back());
                ways.resize(1);
                break;
            }
        }
        return ways;
    }

    MaybeWay of(BoundConjunction const& all)
    {
        auto ways = ways_of(all);
        if (!ways)
            return ways.error();
        if (ways->empty())
            return none();
        auto const best = shortest(*ways);
        if (!best)
            return best.error();
        Way& way = (*ways)[best->place];
        way.exact = false; // the other operands remain to be tested
        return std::optional<Way>{std::move(way)};
    }

    MaybeWay of(BoundDisjunction const& any)
    {
        Way together;
        for (BoundFilter const& operand : any.operands)
        {
            auto found = way(operand);
            if (!found || !*found)
                return found;
            together.exact = together.exact && (*found)->exact;
            together.rank = std::max({together.rank, (*found)->rank, 1U});
            std::ranges::move((*found)->any_of, std::back_inserter(together.any_of));
        }
        together.any_of = without_repetitions(std::move(together.any_of));
        return std::optional<Way>{std::move(together)};
    }

    static MaybeWay of(BoundNegation const&) { return none(); }

    MaybeWay of(BoundValuePath const& path)
    {
        // `and` within the brackets is about one element, which the legs do not know; they are not exact then, as
        // they never are for `and`.
        return way(path.filter.front());
    }

    static MaybeWay of(BoundConstant const& constant)
    {
        return constant.always ? none() : MaybeWay{std::optional<Way>{Way{}}};
    }

    static MaybeWay by_id(StringKey const& id)
    {
        // Where normal forms differ, the id that is stored need not be the one that was asked for.
        bool const ascii = std::ranges::all_of(id.text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
        return ascii ? one({.kind = Leg::Kind::id, .first = id.text}, true, 0) : none();
    }

    MaybeWay by_reference(BoundComparison const& test, StringKey const& value, Catalog::Large const& large)
    {
        if (auto const* sub = test.attribute.sub_attribute; !sub || sub->name != "value" || !sub->case_exact)
            return none(); // what is not exact may be the same in another width
        return one({.kind = Leg::Kind::reference,
                    .first = session_.keys().references(case_folded(value.text), large.number),
                    .test = &test},
                   true, 1);
    }

    static bool is_unique(AttributeRef const& attribute) noexcept
    {
        return attribute.leaf().uniqueness != Uniqueness::none && attribute.leaf().type == AttributeType::string &&
               !attribute.attribute->multi_valued && !attribute.sub_attribute && attribute.schema != &common_schema();
    }

    MaybeWay by_index(BoundComparison const& test, Catalog::Index const& index)
    {
        std::string const base = session_.keys().index(type_.number, index.number);
        std::size_t const room = session_.keys().room();
        std::string at = base;
        auto const* string = std::get_if<StringKey>(&test.value);

        if (test.op == CompareOperator::eq)
        {
            auto const* boolean = std::get_if<bool>(&test.value);
            // `primary eq false` also matches where there is no value, and so no entry.
            if (boolean && !*boolean && test.attribute.leaf().name == "primary")
                return none();
            bool const whole = append_value(at, test.value, room);
            return one({.kind = Leg::Kind::value, .first = std::move(at)}, whole, boolean ? 4 : 1);
        }
        if (test.op == CompareOperator::sw && string)
        {
            bool const whole = append_string_prefix(at, string->key, room);
            return one({.kind = Leg::Kind::range, .first = at, .last = end_of_prefix(at), .index_size = base.size()},
                       whole, 2);
        }

        // Order: all values of a type lie between its tag and the next. A long literal is cut to what all values
        // near it have in common.
        bool whole = true;
        if (string && !fits(string->key, room))
            whole = append_string_prefix(at, string->key, room);
        else
            append_value(at, test.value, room);
        std::string low = base + at[base.size()];
        std::string high = end_of_prefix(low);
        switch (test.op)
        {
        case CompareOperator::gt:
            low = whole ? end_of_prefix(at) : at;
            break;
        case CompareOperator::ge:
            low = at;
            break;
        case CompareOperator::lt:
            high = whole ? at : end_of_prefix(at);
            break;
        case CompareOperator::le:
            high = end_of_prefix(at);
            break;
        default:
            return none(); // ne, co, ew
        }
        return one(
            {.kind = Leg::Kind::range, .first = std::move(low), .last = std::move(high), .index_size = base.size()},
            whole, 3);
    }

    static bool fits(std::string_view key, std::size_t room)
    {
        std::string scratch;
        return append_string_prefix(scratch, key, room);
    }

    struct Best
    {
        std::size_t place = 0;
        std::uint64_t count = 0; // of what it finds, as far as was looked
    };

    /// Of at least one; they are in the order of their ranks afterwards.
    result<Best> shortest(std::vector<Way>& ways)
    {
        if (ways.size() == 1)
            return Best{};
        Best best{0, std::numeric_limits<std::uint64_t>::max()};
        std::ranges::stable_sort(ways, {}, &Way::rank);
        for (std::size_t i = 0; i < ways.size(); ++i)
        {
            std::uint64_t count = 0;
            std::uint64_t const enough = std::min(best.count, most_sampled);
            for (Leg const& leg : ways[i].any_of)
            {
                auto const walked = walk_leg(session_, type_, leg, {},
                                             [&](std::string_view) -> result<bool> { return ++count < enough; });
                if (!walked)
                    return walked.error();
                if (count >= enough)
                    break;
            }
            if (count < best.count)
                best = {i, count};
        }
        return best;
    }

    Session& session_;
    Catalog::Type const& type_;
    std::size_t depth_ = 0; ///< of what is looked at
};

void add_large(AttributeRef const& attribute, ResourceType const& type, std::vector<AttributeRef>& out)
{
    for (AttributeRef const& large : type.large_attributes())
        if (large.attribute == attribute.attribute && std::ranges::find(out, large) == out.end())
            out.push_back(large);
}

} // namespace

result<Plan> make_plan(Session& session, Catalog::Type const& type, BoundFilter const* filter)
{
    auto const* constant = filter ? std::get_if<BoundConstant>(&filter->node) : nullptr;
    if (!filter || (constant && constant->always))
        return Plan{.scan = true, .any_of = {}, .and_of = {}, .exact = true};
    if (auto const* all = std::get_if<BoundConjunction>(&filter->node))
        return Planner{session, type}.plan(*all);
    auto way = Planner{session, type}.way(*filter);
    if (!way)
        return way.error();
    if (!*way)
        return Plan{};
    return Plan{.scan = false, .any_of = std::move((*way)->any_of), .and_of = {}, .exact = (*way)->exact};
}

std::vector<AttributeRef> large_attributes_in(BoundFilter const& filter, ResourceType const& type)
{
    std::vector<AttributeRef> found;
    if (!type.large_attributes().empty())
        for_each_attribute(filter, [&](AttributeRef const& attribute) { add_large(attribute, type, found); });
    return found;
}

} // namespace scimkit::kv
