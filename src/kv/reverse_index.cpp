// `User.groups` must not read groups. Entries lie by the value without letter case, so that a filter on members, which
// may ignore it, walks over one range; their own value is the exact one.
#include "reverse_index.hpp"

#include "../core/case_folding.hpp"
#include "graves.hpp"

namespace scimkit::kv
{
namespace
{

std::string folded(std::string_view value) { return case_folded(value); }

} // namespace

result<void> put_reference(Session& session, Catalog::Large const& large, std::string_view owner,
                           std::string_view value, bool is_new)
{
    std::string const key = session.keys().reference(folded(value), large.number, owner, value);
    return is_new ? session.access().put_new(key, value) : session.access().put(key, value);
}

result<void> erase_reference(Session& session, Catalog::Large const& large, std::string_view owner,
                             std::string_view value)
{
    auto const erased = session.access().erase(session.keys().reference(folded(value), large.number, owner, value));
    return erased ? result<void>{} : result<void>{erased.error()};
}

result<void> references_to(Session& session, std::string_view value, function_ref<bool(Reference const&)> sink)
{
    Walk walk{session.access(), session.keys().references(folded(value))};
    auto found = walk.first();
    for (; found && *found; found = walk.next())
    {
        if (walk.value() != value) // another spelling of the same folded value
            continue;
        std::string_view rest = walk.rest();
        auto from = take_owner(rest);
        if (!from)
            return Error{ErrorCode::corrupt, "A stored reference cannot be read."};
        Catalog::LargeOf const owner = session.catalog().large_by_number(from->attribute);
        if (!owner.type) // of a resource type that is not served at present
            continue;
        auto const buried = is_buried(session, from->attribute, from->owner);
        if (!buried)
            return buried.error();
        if (*buried)
            continue;
        walk.hold();
        from->owner.resize(id_of_owner(from->owner).size());
        if (!sink({owner.type->type, std::move(from->owner), owner.large->attribute.attribute}))
            return {};
    }
    return found ? result<void>{} : result<void>{found.error()};
}

} // namespace scimkit::kv
