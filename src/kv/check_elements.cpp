// Elements of large attributes: each has an owner, a reference that leads back to it, and is counted.
#include "../core/case_folding.hpp"
#include "check.hpp"
#include "element_steps.hpp"
#include "elements.hpp"

#include <algorithm>

namespace scimkit::kv
{

/// Whose elements are being looked at: they come together.
struct Check::Owner
{
    std::string name{}; ///< in keys
    std::string_view id() const noexcept { return id_of_owner(name); }
    Generation generation = 0;
    std::uint64_t elements = 0;
    bool there = true;   ///< or its record is damaged
    bool buried = false; ///< in a grave: nobody sees them
    bool former = false; ///< of another generation than its number of elements says
};

result<void> Check::check_elements(Catalog::Type const& type, Catalog::Large const& large)
{
    std::string const prefix = session_.keys().elements(large.number);
    std::optional<Owner> owner;
    auto const walked = each(prefix,
                             [&](std::string_view key, std::optional<std::string_view> value) -> result<void>
                             {
                                 std::string_view rest = key.substr(prefix.size());
                                 auto name = take_text(rest);
                                 if (!name)
                                 {
                                     mend(words(key) + " has no owner", std::string{key}, std::nullopt);
                                     return {};
                                 }
                                 if (!generation_of_owner(*name)) // former builds took such ids
                                 {
                                     find(words(key) + " is of an id with U+0000", false);
                                     return {};
                                 }
                                 if (!owner || owner->name != *name)
                                 {
                                     if (owner)
                                         if (auto counted = check_element_count(large, *owner); !counted)
                                             return counted;
                                     auto next = owner_of(type, large, std::move(*name));
                                     if (!next)
                                         return next.error();
                                     owner = std::move(*next);
                                 }
                                 return check_element(type, large, *owner, key, value);
                             });
    if (!walked || !owner)
        return walked;
    return check_element_count(large, *owner);
}

result<Check::Owner> Check::owner_of(Catalog::Type const& type, Catalog::Large const& large, std::string name)
{
    Owner owner{.name = std::move(name)};
    owner.generation = generation_of_owner(owner.name).value_or(0);
    owner.buried = in_grave(large.number, owner.name);
    if (owner.buried)
        return owner;
    auto const there = has_record(type, owner.id());
    if (!there)
        return there.error();
    owner.there = there->value_or(true);
    auto const found = look(session_.keys().element_count(large.number, owner.id()));
    if (!found)
        return found.error();
    if (found->state == Entry::there)
        if (auto const count = decode_element_count(found->value))
            owner.former = count->generation != owner.generation;
    return owner;
}

result<void> Check::check_element(Catalog::Type const& type, Catalog::Large const& large, Owner& owner,
                                  std::string_view key, std::optional<std::string_view> value)
{
    if (owner.buried)
    {
        ++report_.entries;
        if (!value)
            mend(words(key) + ", which is gone, is damaged", std::string{key}, std::nullopt);
        return {};
    }
    ++report_.elements;
    if (!owner.there || owner.former)
    {
        mend(words(key) + (owner.there ? " is of what is gone" : " belongs to no " + type.type->name()),
             std::string{key}, std::nullopt);
        return {};
    }
    ++owner.elements;
    if (!value)
    {
        find(words(key) + " is damaged", false);
        return {};
    }
    auto const element = decode_object(*value);
    auto const name = element ? value_of_element(*element) : result<std::string>{element.error()};
    if (!name || session_.keys().element(large.number, owner.name, *name) != key)
    {
        find(words(key) + " cannot be read", false);
        return {};
    }
    std::string const back = session_.keys().reference(case_folded(*name), large.number, owner.name, *name);
    auto const found = look(back);
    if (!found)
        return found.error();
    if (found->state != Entry::there || found->value != *name)
        mend(words(back) + (found->state == Entry::missing ? " is missing" : " is damaged"), back, *name);
    return {};
}

result<void> Check::check_element_count(Catalog::Large const& large, Owner const& owner)
{
    if (owner.elements == 0)
        return {}; // check_element_counts() finds a number without elements
    std::string const key = session_.keys().element_count(large.number, owner.id());
    if (mended_.contains(key)) // it was damaged, and other elements are counted
    {
        find(words(key) + " does not say which of two generations is there", false);
        return {};
    }
    auto const found = look(key);
    if (!found)
        return found.error();
    auto const count = found->state == Entry::there ? decode_element_count(found->value)
                                                    : result<ElementCount>{Error{ErrorCode::corrupt, {}}};
    if (!count || count->number != owner.elements)
        mend(words(key) + " is " + (count ? std::to_string(count->number) : "damaged or missing") + ", and there are " +
                 std::to_string(owner.elements),
             key, encode_element_count({owner.elements, owner.generation}));
    return {};
}

result<void> Check::check_element_counts(Catalog::Large const& large)
{
    std::string const prefix = session_.keys().element_counts(large.number);
    return each(
        prefix,
        [&](std::string_view key, std::optional<std::string_view> value) -> result<void>
        {
            ++report_.entries;
            if (mended_.contains(key)) // with what is there
                return {};
            std::string_view rest = key.substr(prefix.size());
            auto const id = take_text(rest);
            auto const count =
                id && value ? decode_element_count(*value) : result<ElementCount>{Error{ErrorCode::corrupt, {}}};
            std::string const elements =
                count ? session_.keys().elements(large.number, owner_name(*id, count->generation)) : std::string{};
            auto cursor = session_.access().cursor();
            if (!cursor)
                return cursor.error();
            auto const any = count ? (*cursor)->seek(elements) : result<bool>{false};
            if (!any)
                return any.error();
            bool const counted = *any && (*cursor)->key().starts_with(elements) && !mended_.contains((*cursor)->key());
            if (!counted)
                mend(words(key) + " counts nothing", std::string{key}, std::nullopt);
            return {};
        });
}

result<void> Check::check_references()
{
    std::string const prefix = session_.keys().references();
    return each(prefix,
                [&](std::string_view key, std::optional<std::string_view> value) -> result<void>
                {
                    std::string_view rest = key.substr(prefix.size());
                    rest.remove_prefix(std::min(rest.size(), value_size(rest)));
                    auto const from = take_owner(rest);
                    if (!from)
                    {
                        mend(words(key) + " leads nowhere", std::string{key}, std::nullopt);
                        return {};
                    }
                    if (!session_.catalog().large_by_number(from->attribute).type)
                        return {}; // of a type that is not served at present
                    ++report_.entries;
                    if (mended_.contains(key))
                        return {};
                    std::string const place =
                        value ? session_.keys().element(from->attribute, from->owner, *value) : std::string{};
                    auto const element = value ? look(place) : result<Found>{Found{}};
                    if (!element)
                        return element.error();
                    bool const goes = value && mended_.contains(place);
                    if (element->state == Entry::missing || goes)
                        mend(words(key) + " leads to no element", std::string{key}, std::nullopt);
                    return {};
                });
}

} // namespace scimkit::kv
