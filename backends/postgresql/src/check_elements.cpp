// Elements: each has an owner, stands under the keys of its value, and is counted.
#include "check_tenant.hpp"
#include "elements.hpp"
#include "kv/damage.hpp"
#include "kv/elements.hpp"
#include "kv/record_codec.hpp"

namespace scimkit::postgresql
{
namespace
{

constexpr std::int64_t elements_checked_at_once = 2'000;

std::string of_owner(kv::Catalog::Type const& type, kv::Catalog::Large const& large, std::string_view owner)
{
    return "'" + large.attribute.attribute->name + "' of " + type.type->name() + " '" + kv::printable(owner) + "'";
}

constexpr std::string_view without_owner =
    "select e.owner, count(*) from element e where e.tenant = $1 and e.attribute = $2 and not exists "
    "(select 1 from resource r where r.tenant = $1 and r.type = $3 and r.id = e.owner) group by e.owner";

/// No owner of its own is asked for: a number without elements is one that should be 0.
constexpr std::string_view wrong_numbers =
    "select coalesce(x.owner, c.owner), coalesce(x.n, 0), coalesce(c.elements, 0) from "
    "(select owner, count(*) as n from element where tenant = $1 and attribute = $2 group by owner) x full join "
    "(select owner, elements from element_count where tenant = $1 and attribute = $2) c on c.owner = x.owner "
    "where coalesce(x.n, 0) <> coalesce(c.elements, 0)";

} // namespace

result<void> TenantCheck::check_elements(kv::Catalog::Type const& type, kv::Catalog::Large const& large)
{
    auto of_attribute = params(large.number);
    if (!of_attribute)
        return of_attribute.error();
    Params with_type = *of_attribute;
    auto const lost = session_.run(without_owner, with_type.small(static_cast<std::int16_t>(type.number)));
    if (!lost)
        return lost.error();
    for (int row = 0; row < lost->size(); ++row)
        find(std::to_string(lost->number(row, 1)) + " elements of " + of_owner(type, large, lost->bytes(row, 0)) +
                 " belong to nothing",
             true);
    auto const wrong = session_.run(wrong_numbers, *of_attribute);
    if (!wrong)
        return wrong.error();
    for (int row = 0; row < wrong->size(); ++row)
        find("the number of elements of " + of_owner(type, large, wrong->bytes(row, 0)) + " is " +
                 std::to_string(wrong->number(row, 2)) + ", and there are " + std::to_string(wrong->number(row, 1)),
             true);
    if (!lost->empty() || !wrong->empty())
        elements_to_make_.insert(type.number);
    return check_bodies(type, large);
}

result<void> TenantCheck::check_bodies(kv::Catalog::Type const& type, kv::Catalog::Large const& large)
{
    std::string owner;
    std::string key;
    for (std::int64_t count = elements_checked_at_once; count == elements_checked_at_once;)
    {
        auto some = params(large.number);
        if (!some)
            return some.error();
        auto const rows = session_.run("select owner, key, folded, value, body from element where tenant = $1 "
                                       "and attribute = $2 and (owner, key) > ($3, $4) order by owner, key limit $5",
                                       some->bytes(owner).bytes(key).number(elements_checked_at_once));
        if (!rows)
            return rows.error();
        count = rows->size();
        report_.elements += static_cast<std::uint64_t>(count);
        for (int row = 0; row < rows->size(); ++row)
        {
            owner = rows->bytes(row, 0);
            key = rows->bytes(row, 1);
            auto const element = kv::decode_object(rows->bytes(row, 4));
            auto const value = element ? kv::value_of_element(*element) : result<std::string>{element.error()};
            if (!value || element_key(*value) != key)
                find("an element of " + of_owner(type, large, owner) + " cannot be read", false);
            else if (rows->bytes(row, 3) != *value || rows->bytes(row, 2) != folded_key(*value))
            {
                find("an element of " + of_owner(type, large, owner) + " cannot be found from its value", true);
                auto mended = params(large.number);
                if (!mended)
                    return mended.error();
                mended->bytes(owner).bytes(key).bytes(*value).bytes(folded_key(*value));
                mended_elements_.push_back(std::move(*mended));
            }
        }
    }
    return {};
}

result<void> TenantCheck::make_elements_anew(kv::Catalog::Type const& type)
{
    for (kv::Catalog::Large const& large : type.large)
    {
        auto of_attribute = params(large.number);
        if (!of_attribute)
            return of_attribute.error();
        Params with_type = *of_attribute;
        with_type.small(static_cast<std::int16_t>(type.number));
        auto const gone =
            session_.queue("delete from element e where e.tenant = $1 and e.attribute = $2 and not exists "
                           "(select 1 from resource r where r.tenant = $1 and r.type = $3 "
                           "and r.id = e.owner)",
                           with_type);
        if (!gone)
            return gone;
        if (auto cleared =
                session_.queue("delete from element_count where tenant = $1 and attribute = $2", *of_attribute);
            !cleared)
            return cleared;
        if (auto counted = session_.queue("insert into element_count (tenant, attribute, owner, elements) "
                                          "select $1, $2, owner, count(*) from element where tenant = $1 "
                                          "and attribute = $2 group by owner",
                                          *of_attribute);
            !counted)
            return counted;
    }
    return {};
}

} // namespace scimkit::postgresql
