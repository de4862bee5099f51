// Values go into parameters, always: the text of a statement depends on the shape of a filter only.
#include "filter_sql.hpp"

#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "keys.hpp"
#include "kv/key_codec.hpp"

#include <algorithm>
#include <optional>

namespace scimkit::postgresql
{
namespace
{

/// Of a disjunction; one with more operands is left to the framework, since a statement has 65,535 parameters.
constexpr std::size_t most_operands = 200;

/// Of a conjunction; the rest is left to the framework, which looks at what these find. More would make the statement
/// long, and its plan longer, for little: each leaves less of what the first ones left.
constexpr std::size_t most_conjoined = 16;

struct Set
{
    std::string sql{};
    bool exact = true;
    bool none = false;
    bool one = false;
};

using MaybeSet = std::optional<Set>;

class Translator
{
public:
    Translator(kv::Catalog const& catalog, kv::Catalog::Type const& type, Params& params)
        : catalog_(catalog)
        , type_(type)
        , params_(params)
    {
    }

    MaybeSet set(BoundFilter const& filter)
    {
        // A parameter that no statement uses has no type that PostgreSQL could know.
        int const before = params_.size();
        auto made = std::visit([this](auto const& node) { return this->of(node); }, filter.node);
        if (!made || made->none)
            params_.forget_after(before);
        return made;
    }

private:
    std::string last() const { return "$" + std::to_string(params_.size()); }
    std::string bytes(std::string_view value)
    {
        params_.bytes(value);
        return last();
    }
    std::string small(std::size_t value)
    {
        params_.small(static_cast<std::int16_t>(value));
        return last();
    }

    MaybeSet of(BoundComparison const& test)
    {
        bool const equal = test.op == CompareOperator::eq;
        auto const* string = std::get_if<StringKey>(&test.value);
        // Equality of references is looser than equality of keys.
        if (std::holds_alternative<std::nullptr_t>(test.value) ||
            (equal && test.attribute.leaf().type == AttributeType::reference))
            return std::nullopt;
        if (equal && string)
        {
            if (test.attribute.schema == &common_schema() && test.attribute.attribute->name == "id")
                return by_id(*string);
            if (auto const* large = catalog_.find_large(*type_.type, *test.attribute.attribute))
                return by_element(test, *string, *large);
            if (is_unique(test.attribute))
                return Set{.sql = "select id from unique_key where tenant = $1 and type = $2 and key = " +
                                  bytes(unique_key(test.attribute.path(), string->key)),
                           .one = true};
        }
        auto const* index = catalog_.find_index(*type_.type, test.attribute);
        return index ? by_index(test, *index) : std::nullopt;
    }

    MaybeSet of(BoundPresence const& test)
    {
        auto const* index = catalog_.find_index(*type_.type, test.attribute);
        if (!index)
            return std::nullopt;
        // An empty string has an entry, but is not present.
        return Set{entries(*index) + " and key < " + bytes(value_key(nullptr).key) + " and key <> " +
                   bytes(value_key(StringKey{}).key)};
    }

    MaybeSet of(BoundConjunction const& all)
    {
        Set together;
        bool all_of_them = true;
        std::size_t conjoined = 0;
        for (BoundFilter const& operand : all.operands)
        {
            if (conjoined == most_conjoined)
            {
                all_of_them = false;
                break;
            }
            auto one = set(operand);
            if (!one)
            {
                all_of_them = false;
                continue;
            }
            if (one->none)
                return one;
            together.exact = together.exact && one->exact;
            together.sql += (together.sql.empty() ? "(" : " intersect (") + one->sql + ")";
            ++conjoined;
        }
        if (together.sql.empty())
            return std::nullopt;
        together.exact = together.exact && all_of_them;
        return together;
    }

    MaybeSet of(BoundDisjunction const& any)
    {
        if (any.operands.size() > most_operands)
            return std::nullopt;
        Set together;
        for (BoundFilter const& operand : any.operands)
        {
            auto one = set(operand);
            if (!one)
                return std::nullopt;
            if (one->none)
                continue;
            together.exact = together.exact && one->exact;
            together.sql += (together.sql.empty() ? "(" : " union (") + one->sql + ")";
        }
        together.none = together.sql.empty();
        return together;
    }

    static MaybeSet of(BoundNegation const&) { return std::nullopt; }

    MaybeSet of(BoundValuePath const& path)
    {
        // `and` within the brackets is about one element, which index entries do not know.
        auto inner = set(path.filter.front());
        if (inner && !std::holds_alternative<BoundComparison>(path.filter.front().node))
            inner->exact = false;
        return inner;
    }

    static MaybeSet of(BoundConstant const& constant)
    {
        return constant.always ? std::nullopt : MaybeSet{Set{.none = true}};
    }

    MaybeSet by_id(StringKey const& id)
    {
        // Where normal forms differ, the id that is stored need not be the one that was asked for.
        if (!std::ranges::all_of(id.text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
            return std::nullopt;
        return Set{.sql = "select id from resource where tenant = $1 and type = $2 and id = " + bytes(id.text),
                   .one = true};
    }

    MaybeSet by_element(BoundComparison const& test, StringKey const& value, kv::Catalog::Large const& large)
    {
        // Ids are exact. Other values may be the same in another width, which their keys do not know.
        if (!test.attribute.sub_attribute || test.attribute.sub_attribute->name != "value" ||
            !test.attribute.leaf().case_exact)
            return std::nullopt;
        std::string sql = "select owner from element where tenant = $1 and folded = " + bytes(folded_key(value.text)) +
                          " and attribute = " + small(large.number);
        bool cut = false;
        std::string const key = element_key(value.text, &cut);
        // Then no other text is the same, and the index tells all: else the elements of each owner have to be read.
        if (!cut && is_its_only_spelling(value.text))
            return Set{.sql = sql + " and key = " + bytes(key)};
        return Set{.sql = std::move(sql), .exact = false};
    }

    /// No other text has the same NFC. Of all characters beyond ASCII three become one of ASCII there: the sign of the
    /// kelvin, the Greek question mark and the varia.
    static bool is_its_only_spelling(std::string_view text) noexcept
    {
        return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; }) &&
               text.find_first_of("K;`") == std::string_view::npos;
    }

    static bool is_unique(AttributeRef const& attribute) noexcept
    {
        return attribute.leaf().uniqueness != Uniqueness::none && attribute.leaf().type == AttributeType::string &&
               !attribute.attribute->multi_valued && !attribute.sub_attribute && attribute.schema != &common_schema();
    }

    std::string entries(kv::Catalog::Index const& index)
    {
        return "select id from index_entry where tenant = $1 and type = $2 and attribute = " + small(index.number);
    }

    /// Entries that are not before, or before, an encoded value.
    std::string not_before(std::string const& encoded)
    {
        SplitKey const bound = SplitKey::of(encoded);
        std::string const key = bytes(bound.key);
        if (bound.rest.empty())
            return " and key >= " + key;
        return " and key >= " + key + " and (key > " + key + " or rest >= " + bytes(bound.rest) + ")";
    }
    std::string before(std::string const& encoded)
    {
        SplitKey const bound = SplitKey::of(encoded);
        std::string const key = bytes(bound.key);
        if (bound.rest.empty())
            return " and key < " + key;
        return " and key <= " + key + " and (key < " + key + " or rest < " + bytes(bound.rest) + ")";
    }

    MaybeSet by_index(BoundComparison const& test, kv::Catalog::Index const& index)
    {
        auto const* string = std::get_if<StringKey>(&test.value);
        if (test.op == CompareOperator::eq)
        {
            auto const* boolean = std::get_if<bool>(&test.value);
            // `primary eq false` also matches where there is no value, and so no entry.
            if (boolean && !*boolean && test.attribute.leaf().name == "primary")
                return std::nullopt;
            SplitKey const value = value_key(test.value);
            std::string sql = entries(index) + " and key = " + bytes(value.key);
            if (!value.rest.empty())
                sql += " and rest = " + bytes(value.rest);
            return Set{std::move(sql)};
        }
        std::string at;
        if (test.op == CompareOperator::sw && string)
        {
            kv::append_string_prefix(at, string->key, without_end);
            std::string sql = entries(index) + not_before(at);
            return Set{sql + before(kv::end_of_prefix(at))};
        }
        // Order: all values of a type lie between its tag and the next.
        kv::append_value(at, test.value, without_end);
        std::string low = at.substr(0, 1);
        std::string high = kv::end_of_prefix(low);
        switch (test.op)
        {
        case CompareOperator::gt:
            low = kv::end_of_prefix(at);
            break;
        case CompareOperator::ge:
            low = at;
            break;
        case CompareOperator::lt:
            high = at;
            break;
        case CompareOperator::le:
            high = kv::end_of_prefix(at);
            break;
        default:
            return std::nullopt; // ne, co, ew
        }
        std::string sql = entries(index) + not_before(low);
        return Set{sql + before(high)};
    }

    kv::Catalog const& catalog_;
    kv::Catalog::Type const& type_;
    Params& params_;
};

} // namespace

IdFilter make_id_filter(kv::Catalog const& catalog, kv::Catalog::Type const& type, BoundFilter const* filter,
                        Params& params)
{
    IdFilter made;
    auto const* constant = filter ? std::get_if<BoundConstant>(&filter->node) : nullptr;
    if (!filter || (constant && constant->always))
        return made;
    Translator translator{catalog, type, params};
    std::vector<BoundFilter> const* operands = nullptr;
    if (auto const* all = std::get_if<BoundConjunction>(&filter->node))
        operands = &all->operands;
    for (BoundFilter const& operand : operands ? std::span{*operands} : std::span{filter, 1})
    {
        if (made.sets.size() == most_conjoined)
        {
            made.exact = false;
            break;
        }
        auto set = translator.set(operand);
        made.exact = made.exact && set && set->exact;
        made.none = made.none || (set && set->none);
        made.one = made.one || (set && set->one);
        if (set && !set->none)
            made.sets.push_back({std::move(set->sql), set->one});
    }
    return made;
}

std::string condition(IdFilter const& filter, std::string_view column)
{
    std::string sql;
    for (IdFilter::Set const& set : filter.sets)
        sql.append(" and ").append(column).append(set.one ? " = (" : " in (").append(set.sql).append(")");
    return sql;
}

} // namespace scimkit::postgresql
