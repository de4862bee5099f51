// Queries over what a profile keeps: random filters by values that are stored, every order, and pages of both.
#include "cases.hpp"
#include "kept.hpp"

#include <algorithm>
#include <random>

namespace scimkit::conformance
{
namespace
{

/// As many as there are examples, with some attributes, and a few more.
std::vector<Resource> fill(Fixture& f, Kept& kept, std::mt19937& random)
{
    std::vector<Resource> all;
    for (std::size_t i = 0; i < 30; ++i)
    {
        Resource resource = kept.minimal();
        for (std::size_t column = 0; column < kept.size(); ++column)
            if (!kept.is_required(column) && !kept.is_unique(column) && random() % 10 < 7)
                kept.set(resource, column, kept.examples(column)[random() % kept.examples(column).size()]);
        f.check.must(f.insert(resource), "insert");
        all.push_back(kept.expected(std::move(resource)));
    }
    std::ranges::sort(all, {}, &Resource::id);
    return all;
}

std::string literal(json::value const& value)
{
    std::string text;
    write_json(text, value);
    return text;
}

/// A test of one attribute, by a value that some resource may have.
std::string random_test(Kept const& kept, std::vector<Resource> const& all, std::mt19937& random)
{
    static constexpr char const* of_text[] = {"eq", "eq", "ne", "co", "sw", "ew", "gt", "le"};
    static constexpr char const* of_order[] = {"eq", "ne", "gt", "ge", "lt", "le"};
    auto const column = random() % kept.size();
    AttributeRef const& attribute = kept.attribute(column);
    std::string const path = attribute.path();
    auto const kind = attribute.leaf().type;
    auto const* stored = find_value(all[random() % all.size()].attributes, attribute);
    json::value value =
        stored && !stored->is_structured() ? *stored : kept.examples(column)[random() % kept.examples(column).size()];
    if (random() % 10 == 0)
        return path + " pr";
    if (kind == AttributeType::boolean || kind == AttributeType::binary)
        return path + (random() % 2 == 0 ? " eq " : " ne ") + literal(value);
    bool const is_text = kind == AttributeType::string || kind == AttributeType::reference;
    auto* text = is_text ? value.if_string() : nullptr;
    if (text && text->size() > 1 && random() % 3 == 0 && static_cast<unsigned char>(text->back()) < 0x80)
        text->resize(text->size() - 1);
    if (text && random() % 4 == 0)
        for (char& c : *text)
            c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return path + " " + (is_text ? of_text[random() % 8] : of_order[random() % 6]) + " " + literal(value);
}

std::string random_filter(Kept const& kept, std::vector<Resource> const& all, std::mt19937& random)
{
    std::string const one = random_test(kept, all, random);
    switch (random() % 5)
    {
    case 0:
        return one + " and " + random_test(kept, all, random);
    case 1:
        return one + " or " + random_test(kept, all, random);
    case 2:
        return "not (" + one + ")";
    case 3:
        return one + " and (" + random_test(kept, all, random) + " or " + random_test(kept, all, random) + ")";
    default:
        return one;
    }
}

void expect_found(Fixture& f, Kept const& kept, std::vector<Resource> const& all, std::string const& text,
                  std::optional<SortOrder> const& sort, std::uint64_t skip)
{
    auto const filter = text.empty() ? std::nullopt : std::optional{f.filter(text, kept.type())};
    Query::Source const source{&kept.type(), filter ? &*filter : nullptr, sort};
    Query query{{&source, 1}};
    query.limit = 1'000;
    std::string const what = kept.type().name() + " with the filter " + (text.empty() ? "(none)" : text) +
                             (sort ? " sorted by " + sort->attribute.path() : "");
    auto wanted = reference_ids(all, filter ? &*filter : nullptr, sort);
    auto const found = f.check.must(f.find(query), what);
    f.check.equal(found.ids, wanted, what);
    f.check.equal(found.total, std::optional<std::uint64_t>{wanted.size()}, "the total of " + what);
    query.skip = skip;
    query.limit = 4;
    auto const first = std::min<std::uint64_t>(skip, wanted.size());
    wanted.erase(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(first));
    wanted.resize(std::min<std::size_t>(wanted.size(), 4));
    f.check.equal(f.check.must(f.find(query), what).ids, wanted, "a page of " + what);
}

void filters_and_orders_agree(Fixture& f)
{
    constexpr int filters = 150;
    std::mt19937 random{f.seed};
    for (KeptType const& type : f.profile->types)
    {
        Kept kept{f, type};
        auto const all = fill(f, kept, random);
        for (std::size_t column = 0; column < kept.size(); ++column)
            for (bool const descending : {false, true})
                if (kept.attribute(column).leaf().type != AttributeType::binary)
                    expect_found(f, kept, all, "", SortOrder{kept.attribute(column), descending}, 3);
        for (int i = 0; i < filters; ++i)
            expect_found(f, kept, all, random_filter(kept, all, random), {}, random() % 6);
    }
}

} // namespace

void add_profile_query_cases(Cases& cases)
{
    add_case(cases, "profile: filters, orders and pages agree with the reference", filters_and_orders_agree);
}

} // namespace scimkit::conformance
