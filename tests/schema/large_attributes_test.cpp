// Which attributes stores may keep element by element, and tell of by what each is known by.
#include <scimkit/schema/registry.hpp>

#include <boost/test/unit_test.hpp>

using namespace scimkit;

BOOST_AUTO_TEST_SUITE(large_attributes_of_types)

BOOST_AUTO_TEST_CASE(they_are_multi_valued_complex_and_known_by_a_value_that_may_be_told)
{
    using enum AttributeType;
    auto const list = [](std::string name, std::vector<Attribute> parts)
    {
        return Attribute{
            .name = std::move(name), .type = complex, .multi_valued = true, .sub_attributes = std::move(parts)};
    };
    Attribute const key{.name = "value", .mutability = Mutability::immutable};
    Attribute const uri{.name = "$ref", .type = reference};
    Attribute single = list("single", {key});
    single.multi_valued = false;
    Attribute unreturned = list("unreturned", {key});
    unreturned.returned = Returned::never;
    Attribute unread = list("unread", {{.name = "value"}, uri});
    unread.mutability = Mutability::write_only;
    auto const with = [&](std::vector<std::string> large)
    {
        return SchemaRegistry::Builder{}
            .add(Schema{.id = "urn:example:Device",
                        .name = "Device",
                        .attributes = {{.name = "plain"},
                                       single,
                                       unreturned,
                                       unread,
                                       list("valueless", {{.name = "a"}}),
                                       list("lists", {{.name = "value", .multi_valued = true}}),
                                       list("labelled", {{.name = "value"}, {.name = "type"}}),
                                       list("numbers", {{.name = "value", .type = integer}, uri}),
                                       list("sealed", {{.name = "value", .returned = Returned::never}, uri}),
                                       list("keys", {key, {.name = "type"}}),
                                       list("people", {{.name = "value"}, uri})}})
            .add(ResourceTypeDefinition{.name = "Device",
                                        .endpoint = "/Devices",
                                        .schema = "urn:example:Device",
                                        .large_attributes = std::move(large)})
            .build();
    };
    auto const refused = [&](std::vector<std::string> large, std::string_view reason)
    {
        auto const registry = with(std::move(large));
        BOOST_REQUIRE(!registry);
        BOOST_CHECK(registry.error().code == ErrorCode::invalid_value);
        BOOST_TEST(registry.error().detail.find(reason) != std::string::npos, registry.error().detail);
    };
    refused({"unknown"}, "no such attribute");
    refused({"plain"}, "not a multi-valued complex attribute");
    refused({"single"}, "not a multi-valued complex attribute");
    refused({"valueless"}, "no sub-attribute \"value\"");
    refused({"lists"}, "no sub-attribute \"value\"");
    refused({"labelled"}, "not known by their \"value\"");
    refused({"numbers"}, "not known by their \"value\"");
    refused({"unreturned"}, "it is secret");
    refused({"unread"}, "it is secret");
    refused({"sealed"}, "its \"value\" is");
    refused({"keys", "KEYS"}, "twice");
    BOOST_TEST(with({"keys", "people"}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
