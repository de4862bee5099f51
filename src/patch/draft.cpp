// A refused PATCH leaves everything as it was, to the order of members: what is touched is kept aside before (RFC 7644
// section 3.5.2).
#include "draft.hpp"

#include <algorithm>

namespace scimkit
{

namespace
{

// Extensions lose their unassigned attributes, and vanish with the last one.
void drop_unassigned(json::value& value)
{
    auto* members = value.if_object();
    if (!members)
        return;
    for (auto it = members->begin(); it != members->end();)
        it = it->value().is_null() ? members->stable_erase(it) : it + 1;
    if (members->empty())
        value = nullptr;
}

// The member of that name, null where there was none. operator[] would do, but it makes room for one more member
// even when the name is there, which moves the table under whoever holds a place in it.
json::value& member_of(json::object& object, std::string_view name)
{
    auto* const there = object.if_contains(name);
    return there ? *there : object.emplace(name, nullptr).first->value();
}

} // namespace

Draft::~Draft()
{
    if (committed_)
        return;
    // New members stand at the end: taken away backwards, they leave the others in their order.
    for (auto saved = saved_.rbegin(); saved != saved_.rend(); ++saved)
    {
        auto const now = attributes_.find(saved->name);
        if (saved->value)
            now->value() = std::move(*saved->value);
        else if (now != attributes_.end())
            attributes_.stable_erase(now);
    }
}

json::value& Draft::member(std::string_view name)
{
    auto const known =
        std::any_of(saved_.begin(), saved_.end(), [&](Saved const& saved) { return saved.name == name; });
    if (!known)
    {
        auto const* now = attributes_.if_contains(name);
        saved_.push_back({name, now ? std::optional{*now} : std::nullopt});
    }
    return member_of(attributes_, name);
}

json::value& Draft::value(AttributeRef const& attribute)
{
    if (!attribute.in_extension)
        return member(attribute.attribute->name);
    auto& members = member(attribute.schema->id);
    if (!members.is_object())
        members.emplace_object();
    return member_of(members.get_object(), attribute.attribute->name);
}

bool Draft::commit()
{
    bool changed = false;
    for (auto const& saved : saved_)
    {
        auto& now = attributes_.at(saved.name);
        drop_unassigned(now);
        changed = changed || !same_state(now, saved.value ? *saved.value : json::value{});
    }
    if (!changed)
        return false;
    committed_ = true;
    for (auto const& saved : saved_)
        if (auto const now = attributes_.find(saved.name); now->value().is_null())
            attributes_.stable_erase(now);
    return true;
}

} // namespace scimkit
