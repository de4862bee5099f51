// The attributes that make a mover are those that access usually follows.
#include <scimkit/connector/lifecycle.hpp>
#include <scimkit/connector/mapping.hpp>

#include <array>

namespace scimkit::connector
{

namespace
{

constexpr std::array<std::string_view, 8> places{
    "title",
    "userType",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
    "entitlements",
};

bool moved(json::object const& before, json::object const& after)
{
    for (auto const place : places)
    {
        auto const* const old = find_path(before, place);
        auto const* const now = find_path(after, place);
        if (!old != !now || (old && now && !equal_json(*old, *now)))
            return true;
    }
    return false;
}

} // namespace

bool is_inactive(json::object const& attributes)
{
    auto const* const active = find_path(attributes, "active");
    return active && active->is_bool() && !active->get_bool();
}

Lifecycle classify(Change const& change)
{
    switch (change.kind)
    {
    case Change::Kind::unchanged:
        return Lifecycle::none;
    case Change::Kind::created:
        return is_inactive(change.after) ? Lifecycle::none : Lifecycle::joiner;
    case Change::Kind::removed:
        return is_inactive(change.before) ? Lifecycle::none : Lifecycle::leaver;
    case Change::Kind::changed:
        break;
    }
    bool const was = !is_inactive(change.before), is = !is_inactive(change.after);
    if (was != is)
        return is ? Lifecycle::joiner : Lifecycle::leaver;
    return is && moved(change.before, change.after) ? Lifecycle::mover : Lifecycle::none;
}

} // namespace scimkit::connector
