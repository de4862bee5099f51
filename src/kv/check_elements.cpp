// Elements of large attributes: each has an owner, a reference that leads back to it, and is counted.
#include "../core/case_folding.hpp"
#include "check.hpp"
#include "elements.hpp"

#include <algorithm>

namespace scimkit::kv
{

/// Whose elements are being looked at: they come together.
struct Check::Owner
{
    std::string id{};
    std::uint64_t elements = 0;
    bool there = true; ///< or its record is damaged
};

result<void> Check::check_elements(Catalog::Type const& type, Catalog::Large const& large)
{
    std::string const prefix = session_.keys().elements(large.number);
    std::optional<Owner> owner;
    auto const walked = each(prefix,
                             [&](std::string_view key, std::optional<std::string_view> value) -> result<void>
                             {
                                 std::string_view rest = key.substr(prefix.size());
                                 auto id = take_text(rest);
                                 if (!id)
                                 {
                                     mend(words(key) + " has no owner", std::string{key}, std::nullopt);
                                     return {};
                                 }
                                 if (!owner || owner->id != *id)
                                 {
                                     if (owner)
                                         if (auto counted = check_element_count(large, *owner); !counted)
                                             return counted;
                                     auto const there = has_record(type, *id);
                                     if (!there)
                                         return there.error();
                                     owner = Owner{std::move(*id), 0, there->value_or(true)};
                                 }
                                 return check_element(type, large, *owner, key, value);
                             });
    if (!walked || !owner)
        return walked;
    return check_element_count(large, *owner);
}

result<void> Check::check_element(Catalog::Type const& type, Catalog::Large const& large, Owner& owner,
                                  std::string_view key, std::optional<std::string_view> value)
{
    ++report_.elements;
    if (!owner.there)
    {
        mend(words(key) + " belongs to no " + type.type->name(), std::string{key}, std::nullopt);
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
    if (!name || session_.keys().element(large.number, owner.id, *name) != key)
    {
        find(words(key) + " cannot be read", false);
        return {};
    }
    std::string const back = session_.keys().reference(case_folded(*name), large.number, owner.id, *name);
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
    std::string const key = session_.keys().element_count(large.number, owner.id);
    auto const found = look(key);
    if (!found)
        return found.error();
    auto const count = found->state == Entry::there ? decode_counter(found->value)
                                                    : result<std::uint64_t>{Error{ErrorCode::corrupt, {}}};
    if (!count || *count != owner.elements)
        mend(words(key) + " is " + (count ? std::to_string(*count) : "damaged or missing") + ", and there are " +
                 std::to_string(owner.elements),
             key, encode_counter(owner.elements));
    return {};
}

result<void> Check::check_element_counts(Catalog::Large const& large)
{
    std::string const prefix = session_.keys().element_counts(large.number);
    return each(prefix,
                [&](std::string_view key, std::optional<std::string_view>) -> result<void>
                {
                    ++report_.entries;
                    std::string_view rest = key.substr(prefix.size());
                    auto const id = take_text(rest);
                    std::string const elements = id ? session_.keys().elements(large.number, *id) : std::string{};
                    auto cursor = session_.access().cursor();
                    if (!cursor)
                        return cursor.error();
                    auto const any = id ? (*cursor)->seek(elements) : result<bool>{false};
                    if (!any)
                        return any.error();
                    bool const counted =
                        *any && (*cursor)->key().starts_with(elements) && !mended_.contains((*cursor)->key());
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
                    if (rest.size() < 2)
                    {
                        mend(words(key) + " leads nowhere", std::string{key}, std::nullopt);
                        return {};
                    }
                    auto const number = static_cast<NameNumber>(static_cast<unsigned char>(rest[0]) << 8 |
                                                                static_cast<unsigned char>(rest[1]));
                    rest.remove_prefix(2);
                    auto const id = take_text(rest);
                    if (!session_.catalog().large_by_number(number).type)
                        return {}; // of a type that is not served at present
                    ++report_.entries;
                    if (mended_.contains(key))
                        return {};
                    auto const element =
                        id && value ? look(session_.keys().element(number, *id, *value)) : result<Found>{Found{}};
                    if (!element)
                        return element.error();
                    bool const goes = id && value && mended_.contains(session_.keys().element(number, *id, *value));
                    if (element->state == Entry::missing || goes)
                        mend(words(key) + " leads to no element", std::string{key}, std::nullopt);
                    return {};
                });
}

} // namespace scimkit::kv
