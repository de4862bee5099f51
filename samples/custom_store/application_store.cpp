// Maps the application's two tables to User and Group.
#include "application_store.hpp"

#include <scimkit/store/attribute_map.hpp>

#include "application_sql.hpp"
#include "sqlite.hpp"

namespace
{
using namespace scimkit;
using namespace sample;

struct Table // with the resource type that it holds, and the attribute of each of its columns
{
    ResourceType const* type;
    sql::Statements const* sql;
    AttributeMap columns;
};

constexpr std::string_view user_columns[] = {
    "userName", "name.givenName", "name.familyName", "emails[type eq \"work\"].value", "title", "active", "externalId"};
constexpr std::string_view group_columns[] = {"displayName"};

class ApplicationStore final : public SmallStore
{
public:
    ApplicationStore(std::string const& file, SchemaRegistry const& registry)
        : db_(file)
        , users_{registry.find_resource_type("User"), &sql::users, {}}
        , groups_{registry.find_resource_type("Group"), &sql::groups, {}}
    {
        db_.run(sql::create).value();
        users_.columns = AttributeMap::make(*users_.type, user_columns).value();
        groups_.columns = AttributeMap::make(*groups_.type, group_columns).value();
    }

    result<std::optional<Resource>> get(std::string_view, ResourceType const& type, std::string_view id) override
    {
        std::optional<Resource> found;
        auto done = select(table(type), table(type).sql->by_id, {Value{id}},
                           [&](Resource&& resource) { return found = std::move(resource), false; });
        return done ? result<std::optional<Resource>>{std::move(found)} : done.error();
    }

    result<void> list(std::string_view, ResourceType const& type, function_ref<bool(Resource&&)> sink) override
    {
        return select(table(type), table(type).sql->all, {}, sink);
    }

    result<bool> find(std::string_view, AttributeRef const& attribute, ResourceType const& type, std::string_view value,
                      function_ref<bool(Resource&&)> sink) override
    {
        if (attribute.path() != "userName" || !is_ascii(value)) // the column ignores the case of ASCII only
            return false;
        return select(table(type), sql::user_by_login, {Value{value}}, sink).has_value(); // failed: walk the list
    }

    result<void> insert(std::string_view tenant, Resource& resource) override
    {
        auto done = db_.query(table(*resource.type).sql->insert, {Value{microseconds(resource.created)}},
                              [&](Row const& row) { return resource.id = row.text(0), true; });
        return done ? update(tenant, resource) : done;
    }

    result<void> update(std::string_view, Resource const& resource) override
    {
        Table const& t = table(*resource.type);
        std::vector<Value> values{Value{resource.id}, Value{microseconds(resource.last_modified)}};
        for (std::size_t i = 0; i < t.columns.size(); ++i)
            values.push_back(to_sql(t.columns.get(resource, i)));
        auto done = db_.execute(t.sql->update, values);
        if (!done || &t == &users_)
            return done;
        json::value const* members = resource.attributes.if_contains("members");
        std::string const text = members ? json::serialize(*members) : "[]";
        done = db_.execute(sql::clear_members, {Value{resource.id}});
        return done ? db_.execute(sql::add_members, {Value{resource.id}, Value{std::string_view{text}}}) : done;
    }

    result<void> erase(std::string_view, ResourceType const& type, std::string_view id) override
    {
        return db_.execute(table(type).sql->erase, {Value{id}});
    }

    bool has_transactions() const override { return true; }
    bool durable() const override { return true; }
    result<void> begin() override { return db_.run("BEGIN IMMEDIATE"); }
    result<void> commit() override { return db_.run("COMMIT"); }
    void roll_back() noexcept override { (void)db_.run("ROLLBACK"); }

private:
    Table const& table(ResourceType const& type) const { return &type == users_.type ? users_ : groups_; }

    result<void> select(Table const& t, char const* statement, std::vector<Value> const& parameters,
                        function_ref<bool(Resource&&)> sink)
    {
        return db_.query(statement, parameters,
                         [&](Row const& row)
                         {
                             Resource r{t.type, row.text(0), instant(row.number(1)), instant(row.number(2))};
                             for (int i = 0; i < static_cast<int>(t.columns.size()); ++i)
                                 t.columns.set(r, static_cast<std::size_t>(i), row.json(i + 3));
                             if (&t == &groups_)
                                 if (json::value members = parse_json(row.text(4)).value(); !members.as_array().empty())
                                     r.attributes["members"] = std::move(members);
                             return sink(std::move(r));
                         });
    }

    Database db_;
    Table users_, groups_;
};

} // namespace

std::shared_ptr<SmallStore> sample::open_application_store(std::string const& file, SchemaRegistry const& registry)
{
    return std::make_shared<ApplicationStore>(file, registry);
}
