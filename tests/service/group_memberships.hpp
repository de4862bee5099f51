// Services with memberships as resources, and what their answers say, for the tests of them.
#pragma once

#include "support/all_stores.hpp"
#include "support/bulk.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

namespace scimkit::test
{

inline constexpr auto schema = "urn:ietf:params:scim:schemas:core:2.0:GroupMembership";

inline std::shared_ptr<SchemaRegistry const> with_memberships(std::string_view other = {})
{
    SchemaRegistry::Builder builder;
    builder.add_rfc7643().add_pack("group-membership-01");
    if (!other.empty())
        builder.add_pack(other);
    return builder.build().value();
}

inline void on_every_store(std::function<void(ServiceFixture const&, NamedStore const&)> const& test,
                           ServiceOptions const& options = {})
{
    for (NamedStore const& store : all_stores())
        BOOST_TEST_CONTEXT(store)
        {
            ServiceOptions own = options;
            own.store = store.make();
            own.registry = with_memberships();
            test(ServiceFixture{std::move(own)}, store);
        }
}

/// Where a membership is.
inline std::string one_of(std::string const& group, std::string const& member)
{
    return std::string{"/GroupMemberships/"}.append(group).append(".").append(member);
}

inline json::object membership(std::string_view group, std::string_view member, json::object const& more = {})
{
    json::object who{{"value", member}};
    for (auto const& [name, value] : more)
        who[name] = value;
    return {{"schemas", json::array{schema}}, {"group", json::object{{"value", group}}}, {"member", std::move(who)}};
}

/// "group>member" of each, in order.
inline std::string pairs(Reply const& reply)
{
    if (reply.status != 200)
        return outcome(reply);
    std::string text;
    for (int i = 0; i < reply.size("/Resources"); ++i)
    {
        std::string const at = "/Resources/" + std::to_string(i);
        text += (i == 0 ? "" : " ") + reply.text(at + "/group/value") + ">" + reply.text(at + "/member/value");
    }
    return text;
}

inline std::set<std::string> set_of(std::string const& text)
{
    std::set<std::string> words;
    for (std::size_t at = 0; at < text.size();)
    {
        auto const end = std::min(text.find(' ', at), text.size());
        words.insert(text.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

inline std::string list(std::string_view filter) { return "/GroupMemberships?filter=" + std::string{filter}; }

inline std::string of_group(std::string const& id) { return list("group.value eq \"" + id + "\""); }
inline std::string of_member(std::string const& id) { return list("member.value eq \"" + id + "\""); }

inline std::set<std::string> members(ServiceFixture const& scim, std::string const& group)
{
    Reply const reply = scim.get("/Groups/" + group);
    std::set<std::string> ids;
    for (int i = 0; i < reply.size("/members"); ++i)
        ids.insert(reply.text("/members/" + std::to_string(i) + "/value"));
    return ids;
}

} // namespace scimkit::test
