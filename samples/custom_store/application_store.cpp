// Maps the application's two tables to User and Group. They know no tenants: all see the same users (see the header).
#include "application_store.hpp"

#include <scimkit/schema/registry.hpp>
#include <scimkit/store/attribute_map.hpp>

#include "application_sql.hpp"

#include <boost/json/serialize.hpp>

namespace
{
using namespace scimkit;
using namespace sample;

class Tables final : public ApplicationStore
{
public:
    Tables(std::string const& file, SchemaRegistry const& registry)
        : db_(file, sql::create)
        , users_(AttributeMap::make(*registry.find_resource_type("User"), sql::user_columns).value())
        , groups_(AttributeMap::make(*registry.find_resource_type("Group"), sql::group_columns).value())
    {
    }

    result<std::optional<Resource>> get(std::string_view, ResourceType const& type, std::string_view id) override
    {
        std::optional<Resource> found;
        auto done = select(type, sql_of(type).by_id, {id}, [&](auto&& r) { return found = std::move(r), false; });
        return done ? result<std::optional<Resource>>{std::move(found)} : done.error();
    }

    result<void> list(std::string_view, ResourceType const& type, function_ref<bool(Resource&&)> sink) override
    {
        return select(type, sql_of(type).all, {}, sink);
    }

    result<bool> find(std::string_view, AttributeRef const& attribute, ResourceType const& type, std::string_view value,
                      function_ref<bool(Resource&&)> sink) override
    {
        if (attribute.path() != "userName" || !folds_case(value))
            return false;
        auto done = select(type, sql::user_by_login, {value}, sink);
        return done ? result<bool>{true} : done.error();
    }

    result<void> insert(std::string_view tenant, Resource& resource) override
    {
        auto done = db_.query(sql_of(*resource.type).insert, {resource.created.time_since_epoch().count()},
                              [&](Row const& row) { return resource.id = row.text(0), true; });
        return done ? update(tenant, resource) : done;
    }

    result<void> update(std::string_view, Resource const& resource) override
    {
        AttributeMap const& columns = is_user(*resource.type) ? users_ : groups_;
        std::vector<Value> row{resource.id, resource.last_modified.time_since_epoch().count()};
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (json::value const* value = columns.get(resource, i); value && value->is_bool())
                row.push_back(std::int64_t{value->get_bool()});
            else
                row.push_back(value ? Value{value->as_string()} : nullptr);
        auto done = db_.execute(sql_of(*resource.type).update, row);
        if (done && !is_user(*resource.type))
            done = db_.execute(sql::clear_members, {resource.id});
        json::value const* members = resource.attributes.if_contains("members");
        return done && members ? db_.execute(sql::add_members, {resource.id, serialize(*members)}) : done;
    }

    result<void> erase(std::string_view, ResourceType const& type, std::string_view id) override
    {
        return db_.execute(sql_of(type).erase, {id});
    }

    bool has_transactions() const override { return true; }
    bool durable() const override { return true; }
    result<void> begin() override { return db_.run("BEGIN IMMEDIATE"); }
    result<void> commit() override { return db_.run("COMMIT"); }
    void roll_back() noexcept override { (void)db_.run("ROLLBACK"); }

    result<void> select(ResourceType const& type, char const* statement, std::vector<Value> const& parameters,
                        function_ref<bool(Resource&&)> sink) override
    {
        AttributeMap const& columns = is_user(type) ? users_ : groups_;
        auto const on_row = [&](Row const& row) -> result<bool>
        {
            Resource r{&type, std::string{row.text(0)}, row.time(1), row.time(2)};
            for (std::size_t i = 0; i < columns.size(); ++i)
                columns.set(r, i,
                            std::visit([](auto v) { return json::value(v); }, row.value(static_cast<int>(i) + 3)));
            if (is_user(type) || row.text(4).empty())
                return sink(std::move(r));
            auto members = parse_json(row.text(4), {.max_bytes = SIZE_MAX, .max_values = SIZE_MAX}); // of any size
            if (!members)
                return members.error();
            r.attributes["members"] = *std::move(members);
            return sink(std::move(r));
        };
        return db_.query(statement, parameters, on_row);
    }

private:
    static bool is_user(ResourceType const& type) { return type.name() == "User"; }
    static sql::Statements const& sql_of(ResourceType const& type) { return is_user(type) ? sql::users : sql::groups; }

    Database db_;
    AttributeMap users_, groups_;
};

} // namespace

std::shared_ptr<ApplicationStore> sample::open_application_store(std::string const& file,
                                                                 SchemaRegistry const& registry)
{
    return std::make_shared<Tables>(file, registry);
}
