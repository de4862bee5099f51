// Several services over one store: attachments of equal, of larger and of contradicting registries.
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/change_log.hpp>

#include "cases.hpp"

namespace scimkit::conformance
{
namespace
{

/// The kit's definitions, as another registry object.
SchemaRegistry::Builder same_definitions()
{
    SchemaRegistry::Builder builder;
    for (Schema const& schema : conformance_registry()->schemas())
        if (schema.id == badge_uri)
            builder.add(schema);
    builder.add_rfc7643().extend("User", badge_uri);
    return builder;
}

result<void> write(Fixture& f, Attachment const& attachment, Resource resource)
{
    auto const rules = f.check.must(UniqueKeyRules::make(attachment.registry()), "rules");
    return f.store->write(attachment, f.tenant, {.now = f.now},
                          [&](WriteTransaction& transaction) -> result<void>
                          {
                              Resource fresh = resource;
                              auto const inserted = transaction.insert(fresh, rules.facts_of(fresh));
                              return inserted ? result<void>{} : result<void>{inserted.error()};
                          });
}

/// The names of all resources of the type, by id.
std::vector<std::string> names(Fixture& f, Attachment const& attachment, std::string_view type, char const* attribute)
{
    std::vector<std::string> found;
    Query::Source const source{attachment.registry().find_resource_type(type), nullptr};
    Query query{{&source, 1}};
    query.limit = 100;
    f.check.must(f.store->read(attachment, f.tenant, {.now = f.now},
                               [&](ReadTransaction& transaction) -> result<void>
                               {
                                   auto const page = run_query(transaction, query);
                                   if (!page)
                                       return page.error();
                                   for (Resource const& resource : page->resources)
                                   {
                                       f.check.expect(resource.type == source.type,
                                                      "a resource is of another registry's type");
                                       found.emplace_back(resource.attributes.at(attribute).as_string());
                                   }
                                   return {};
                               }),
                 "a query through an attachment");
    return found;
}

void two_registries_work_at_once(Fixture& f)
{
    f.needs_own_registry();
    auto const registry = same_definitions().build().value();
    auto const other = f.check.must(f.store->attach(registry), "a second attach");
    f.check.expect(&other->registry() == registry.get(), "an attachment has another registry");
    ResourceType const& their_group = *registry->find_resource_type("Group");

    Resource ada = f.new_user("a", "ada");
    f.check.must(f.insert(ada), "insert through the first");
    Resource group = f.new_group("g", "group", {"x", "y"});
    f.check.must(f.insert(group), "insert through the first");
    Resource bob = f.new_user("b", "bob");
    bob.type = registry->find_resource_type("User");
    f.check.must(write(f, *other, bob), "insert through the second");
    Resource twin = bob;
    twin.id = "c";
    twin.attributes["userName"] = "ADA";
    f.check.refused(write(f, *other, twin), ErrorCode::uniqueness, "a name that the first has");

    std::vector<std::string> const both{"ada", "bob"};
    f.check.equal(names(f, *f.attachment, "User", "userName"), both, "names through the first");
    f.check.equal(names(f, *other, "User", "userName"), both, "names through the second");
    f.check.must(f.store->read(*other, f.tenant, {.now = f.now},
                               [&](ReadTransaction& transaction) -> result<void>
                               {
                                   auto const found = transaction.get(their_group, group.id, wanted_all(their_group));
                                   if (!found)
                                       return found.error();
                                   f.check.expect(*found && (*found)->type == &their_group &&
                                                      equal_json((*found)->attributes, group.attributes),
                                                  "the second reads another group than the first wrote");
                                   return {};
                               }),
                 "read through the second");
}

void an_attachment_may_know_more_types(Fixture& f)
{
    f.needs_own_registry();
    auto const registry =
        same_definitions()
            .add(Schema{.id = "urn:example:Lamp",
                        .name = "Lamp",
                        .attributes = {{.name = "color"}, {.name = "externalKey", .uniqueness = Uniqueness::server}}})
            .add(ResourceTypeDefinition{.name = "Lamp", .endpoint = "/Lamps", .schema = "urn:example:Lamp"})
            .build()
            .value();
    auto const other = f.check.must(f.store->attach(registry), "attach with one more resource type");
    Resource lamp;
    lamp.type = registry->find_resource_type("Lamp");
    lamp.id = "lamp";
    lamp.created = lamp.last_modified = at_second(0);
    lamp.attributes["color"] = "red";
    lamp.attributes["externalKey"] = "1";
    f.check.must(write(f, *other, lamp), "insert of the other type");
    Resource ada = f.new_user("a", "ada");
    f.check.must(f.insert(ada), "insert through the first");
    f.check.equal(names(f, *other, "Lamp", "color"), std::vector<std::string>{"red"}, "what only the second knows");
    f.check.equal(names(f, *other, "User", "userName"), std::vector<std::string>{"ada"}, "what both know");
    f.check.equal(names(f, *f.attachment, "User", "userName"), std::vector<std::string>{"ada"}, "what both know");
    if (!f.traits.change_log)
        return;
    std::vector<std::string> types;
    f.check.must(f.read(
                     [&](ReadTransaction& transaction)
                     {
                         return transaction.change_log()->read({}, 100,
                                                               [&](LoggedChange&& change)
                                                               {
                                                                   types.push_back(change.resource_type);
                                                                   return true;
                                                               });
                     }),
                 "reading the change log");
    f.check.equal(types, std::vector<std::string>{"Lamp", "User"}, "types in the change log of all");
}

void a_contradiction_is_named(Fixture& f)
{
    f.needs_own_registry();
    Resource ada = f.new_user("a", "ada");
    f.check.must(f.insert(ada), "insert");
    SchemaRegistry::Builder builder;
    for (Schema schema : conformance_registry()->schemas())
    {
        if (schema.id != badge_uri)
            continue;
        for (Attribute& attribute : schema.attributes)
            attribute.uniqueness = Uniqueness::none;
        builder.add(std::move(schema));
    }
    auto const registry = builder.add_rfc7643().extend("User", badge_uri).build().value();
    auto const attached = f.store->attach(registry);
    if (!attached)
    {
        f.check.refused(attached, ErrorCode::invalid_value, "attach of a registry that disagrees");
        f.check.expect(attached.error().detail.find("serial") != std::string::npos,
                       "the refusal does not name the definition: " + attached.error().detail);
    }
    f.check.equal(names(f, *f.attachment, "User", "userName"), std::vector<std::string>{"ada"},
                  "what the first reads after another registry was tried");
}

} // namespace

void add_attachment_cases(Cases& cases)
{
    add_case(cases, "attachments: two registries work at once", two_registries_work_at_once);
    add_case(cases, "attachments: one may know more types than the other", an_attachment_may_know_more_types);
    add_case(cases, "attachments: a contradiction is named or harmless", a_contradiction_is_named);
}

} // namespace scimkit::conformance
