// What SchemaRegistry accepts and, mostly, what it refuses and why.
#include <scimkit/schema/registry.hpp>

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(registry)

namespace
{

using Builder = SchemaRegistry::Builder;

Schema device_schema(std::vector<Attribute> attributes = {{.name = "model"}})
{
    return {.id = "urn:example:Device", .name = "Device", .attributes = std::move(attributes)};
}

ResourceTypeDefinition device_type()
{
    return {.name = "Device", .endpoint = "/Devices", .schema = "urn:example:Device"};
}

void require_refused(Builder const& builder, std::string_view reason)
{
    BOOST_TEST_CONTEXT(reason)
    {
        auto const registry = builder.build();
        BOOST_REQUIRE(!registry);
        BOOST_CHECK(registry.error().code == ErrorCode::invalid_value);
        BOOST_TEST(registry.error().detail.find(reason) != std::string::npos, registry.error().detail);
    }
}

// The attribute at fault is named in the detail and by the error's path.
void require_refused(std::vector<Attribute> attributes, std::string_view path, std::string_view reason)
{
    auto const registry = Builder{}.add(device_schema(std::move(attributes))).build();
    BOOST_TEST_CONTEXT(path << ": " << reason)
    {
        BOOST_REQUIRE(!registry);
        BOOST_CHECK(registry.error().code == ErrorCode::invalid_value);
        BOOST_TEST(registry.error().attribute == path);
        auto const& detail = registry.error().detail;
        BOOST_TEST(detail.find("urn:example:Device") != std::string::npos, detail);
        BOOST_TEST(detail.find('"' + std::string{path} + '"') != std::string::npos, detail);
        BOOST_TEST(detail.find(reason) != std::string::npos, detail);
    }
}

bool accepted(std::vector<Attribute> attributes)
{
    return Builder{}.add(device_schema(std::move(attributes))).build().has_value();
}

void require_type_refused(ResourceTypeDefinition type, std::string_view reason)
{
    require_refused(Builder{}.add(device_schema()).add(std::move(type)), reason);
}

} // namespace

BOOST_AUTO_TEST_CASE(every_registry_has_the_discovery_schemas, *label("7643-7-b"))
{
    auto const empty = Builder{}.build().value();
    BOOST_TEST(empty->schemas().size() == 3u);
    BOOST_TEST(empty->resource_types().empty());
    for (auto const uri : {urn::service_provider_config, urn::resource_type, urn::schema})
        BOOST_TEST(empty->find_schema(uri) != nullptr, uri);
    BOOST_TEST(empty->find_schema(urn::user) == nullptr);
}

BOOST_AUTO_TEST_CASE(the_schemas_of_the_rfc_can_be_added_one_by_one)
{
    Builder builder;
    for (auto& schema : rfc7643_schemas())
        builder.add(std::move(schema));
    for (auto& type : rfc7643_resource_types())
        builder.add(std::move(type));
    auto const registry = builder.build().value();
    BOOST_TEST(registry->schemas().size() == 6u);
    BOOST_TEST(registry->resource_types().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_type_of_ones_own_has_its_base_and_its_extensions)
{
    auto type = device_type();
    type.extensions = {{.schema = "URN:EXAMPLE:RACK", .required = true}};
    auto const registry = Builder{}
                              .add(std::move(type))
                              .add(device_schema())
                              .add(Schema{.id = "urn:example:Rack", .name = "Rack", .attributes = {{.name = "unit"}}})
                              .add(Schema{.id = "urn:example:Owner", .name = "Owner", .attributes = {{.name = "who"}}})
                              .extend("Device", "urn:example:owner")
                              .build()
                              .value();
    auto const& device = *registry->find_resource_type("Device");
    BOOST_TEST(&device.schema() == registry->find_schema("urn:example:Device"));
    BOOST_REQUIRE(device.extensions().size() == 2u);
    BOOST_TEST(device.extensions()[0].schema->name == "Rack");
    BOOST_TEST(device.extensions()[0].required);
    BOOST_TEST(device.extensions()[1].schema->name == "Owner");
    BOOST_TEST(!device.extensions()[1].required);
    // The definition has the spelling of the schemas.
    BOOST_TEST(device.definition().extensions[0].schema == "urn:example:Rack");
}

BOOST_AUTO_TEST_CASE(a_builder_can_build_again)
{
    Builder builder;
    builder.add_rfc7643();
    auto const first = builder.build().value();
    auto const second = builder.add(device_schema()).build().value();
    BOOST_TEST(first->schemas().size() + 1 == second->schemas().size());
    BOOST_TEST(first->find_schema(urn::user) != second->find_schema(urn::user));
}

BOOST_AUTO_TEST_CASE(references_and_binaries_become_case_exact, *label("7643-2.3.6-d") * label("7643-2.3.7-d"))
{
    auto const registry =
        Builder{}
            .add(device_schema({{.name = "site", .type = AttributeType::reference},
                                {.name = "keys",
                                 .type = AttributeType::complex,
                                 .sub_attributes = {{.name = "der", .type = AttributeType::binary}}},
                                {.name = "count", .type = AttributeType::integer, .case_exact = true}}))
            .build()
            .value();
    auto const& device = *registry->find_schema("urn:example:Device");
    BOOST_TEST(device.find_attribute("site")->case_exact);
    BOOST_TEST(device.find_attribute("keys")->find_sub_attribute("der")->case_exact);
    BOOST_TEST(!device.find_attribute("count")->case_exact);
}

BOOST_AUTO_TEST_CASE(names_follow_the_grammar, *label("7643-2.1-c") * label("7643-2.1-d"))
{
    for (auto const name : {"", "1abc", "-x", "_x", "$x", "a.b", "a:b", "a b", "größe", "$ref"})
        require_refused({{.name = name}}, name, "begin with a letter");
    for (auto const name : {"x509Certificates", "a-b", "a_b", "a$1"})
        BOOST_TEST(accepted({{.name = name}}), name);
    BOOST_TEST(accepted({{.name = "c",
                          .type = AttributeType::complex,
                          .sub_attributes = {{.name = "$ref", .type = AttributeType::reference}}}}));
    require_refused({{.name = "c", .type = AttributeType::complex, .sub_attributes = {{.name = "$x"}}}}, "c.$x",
                    "begin with a letter");
}

BOOST_AUTO_TEST_CASE(a_name_is_there_once)
{
    require_refused({{.name = "model"}, {.name = "MODEL"}}, "MODEL", "twice");
    require_refused({{.name = "c",
                      .type = AttributeType::complex,
                      .sub_attributes = {{.name = "a"}, {.name = "b"}, {.name = "A"}}}},
                    "c.A", "twice");
    BOOST_TEST(
        accepted({{.name = "a"}, {.name = "c", .type = AttributeType::complex, .sub_attributes = {{.name = "a"}}}}));
}

BOOST_AUTO_TEST_CASE(the_common_attributes_of_the_rfc_win_over_a_base_schema_that_lists_them, *label("7643-3.1-d"))
{
    for (auto const* name : {"id", "externalId", "meta", "schemas", "ID"})
    {
        auto const registry =
            Builder{}.add(device_schema({{.name = name}, {.name = "colour"}})).add(device_type()).build().value();
        auto const& device = *registry->resource_types().front();
        BOOST_TEST(device.schema().find_attribute(name) == nullptr);
        BOOST_TEST(device.schema().find_attribute("colour") != nullptr);
        BOOST_TEST(device.resolve({.name = name})->schema == &common_schema());
    }
}

BOOST_AUTO_TEST_CASE(an_extension_does_not_define_common_attributes, *label("7643-3.3-d"))
{
    for (auto const* name : {"id", "externalId", "meta", "schemas", "ID"})
        require_refused(Builder{}
                            .add_rfc7643()
                            .add(Schema{.id = "urn:example:x:1.0:User", .name = "X", .attributes = {{.name = name}}})
                            .extend("User", "urn:example:x:1.0:User"),
                        "common attribute");
}

BOOST_AUTO_TEST_CASE(only_complex_attributes_have_sub_attributes, *label("7643-1.2-a"))
{
    require_refused({{.name = "c", .type = AttributeType::complex}}, "c", "no sub-attributes");
    require_refused({{.name = "s", .sub_attributes = {{.name = "a"}}}}, "s", "not complex");
}

BOOST_AUTO_TEST_CASE(complex_attributes_do_not_nest,
                     *label("7643-2.3.8-c") * label("7643-7-m") * label("7643-1.2-d") * label("7643-err-8415"))
{
    require_refused(
        {{.name = "c",
          .type = AttributeType::complex,
          .sub_attributes = {{.name = "d", .type = AttributeType::complex, .sub_attributes = {{.name = "e"}}}}}},
        "c.d", "complex inside");
}

BOOST_AUTO_TEST_CASE(required_and_read_only_contradict_each_other)
{
    require_refused({{.name = "a", .required = true, .mutability = Mutability::read_only}}, "a",
                    "required and readOnly");
    require_refused({{.name = "c",
                      .type = AttributeType::complex,
                      .sub_attributes = {{.name = "a", .required = true, .mutability = Mutability::read_only}}}},
                    "c.a", "required and readOnly");
    // Where all is the service provider's, "required" is its own promise.
    BOOST_TEST(accepted({{.name = "c",
                          .type = AttributeType::complex,
                          .mutability = Mutability::read_only,
                          .sub_attributes = {{.name = "a", .required = true, .mutability = Mutability::read_only}}}}));
}

BOOST_AUTO_TEST_CASE(write_only_and_always_returned_contradict_each_other, *label("7643-7-u"))
{
    require_refused({{.name = "a", .mutability = Mutability::write_only, .returned = Returned::always}}, "a",
                    "writeOnly and always returned");
    BOOST_TEST(accepted({{.name = "a", .mutability = Mutability::write_only, .returned = Returned::never}}));
}

BOOST_AUTO_TEST_CASE(what_is_write_only_is_never_returned_whatever_was_declared, *label("7643-7-u"))
{
    auto const registry =
        SchemaRegistry::Builder{}
            .add(Schema{
                .id = "urn:example:Safe",
                .name = "Safe",
                .attributes = {{.name = "code", .mutability = Mutability::write_only},
                               {.name = "hint", .mutability = Mutability::write_only, .returned = Returned::on_request},
                               {.name = "lock",
                                .type = AttributeType::complex,
                                .mutability = Mutability::write_only,
                                .sub_attributes = {{.name = "pin"}}}}})
            .add(ResourceTypeDefinition{.name = "Safe", .endpoint = "/Safes", .schema = "urn:example:Safe"})
            .build()
            .value();
    auto const& schema = registry->find_resource_type("Safe")->schema();
    for (Attribute const& attribute : schema.attributes)
        BOOST_TEST((attribute.returned == Returned::never), attribute.name);
    auto const& pin = schema.find_attribute("lock")->sub_attributes.front();
    BOOST_TEST((pin.returned == Returned::never));
    BOOST_TEST((pin.mutability == Mutability::write_only), "so that it is hashed as well");
}

BOOST_AUTO_TEST_CASE(some_types_cannot_be_unique, *label("7643-2.3.2-b") * label("7643-2.3.5-f") *
                                                      label("7643-2.3.6-d") * label("7643-2.3.8-d") *
                                                      label("7643-err-6004"))
{
    using enum AttributeType;
    for (auto const type : {boolean, date_time, binary})
        require_refused({{.name = "a", .type = type, .uniqueness = Uniqueness::server}}, "a", "cannot be unique");
    require_refused(
        {{.name = "a", .type = complex, .uniqueness = Uniqueness::global, .sub_attributes = {{.name = "b"}}}}, "a",
        "cannot be unique");
    for (auto const type : {AttributeType::string, integer, decimal, reference})
        BOOST_TEST(accepted({{.name = "a", .type = type, .uniqueness = Uniqueness::server}}));
}

BOOST_AUTO_TEST_CASE(reference_types_belong_to_references, *label("7643-7-zh"))
{
    require_refused({{.name = "a", .reference_types = {"User"}}}, "a", "not a reference");
}

BOOST_AUTO_TEST_CASE(standard_sub_attributes_keep_their_meaning, *label("7643-2.4-c"))
{
    auto const with = [](Attribute sub_attribute)
    {
        return std::vector<Attribute>{{.name = "tags",
                                       .type = AttributeType::complex,
                                       .multi_valued = true,
                                       .sub_attributes = {std::move(sub_attribute)}}};
    };
    require_refused(with({.name = "primary"}), "tags.primary", "single boolean");
    require_refused(with({.name = "primary", .type = AttributeType::boolean, .multi_valued = true}), "tags.primary",
                    "single boolean");
    require_refused(with({.name = "$ref"}), "tags.$ref", "must be a reference");
    BOOST_TEST(accepted(with({.name = "primary", .type = AttributeType::boolean})));
    // Only multi-valued attributes have standard sub-attributes.
    BOOST_TEST(accepted({{.name = "c", .type = AttributeType::complex, .sub_attributes = {{.name = "primary"}}}}));
}

BOOST_AUTO_TEST_CASE(a_schema_id_is_a_uri, *label("7643-10.2.1-a"))
{
    for (auto const id : {"", "Device", "urn:", ":Device", "urn:example:a b", "urn:example:\"x\"", "urn:example:ä"})
        require_refused(Builder{}.add(Schema{.id = id, .name = "X"}), "is no URI");
    BOOST_TEST(Builder{}.add(Schema{.id = "https://example.com/schemas/x", .name = "X"}).build().has_value());
}

BOOST_AUTO_TEST_CASE(a_schema_is_there_once)
{
    auto again = device_schema();
    again.id = "URN:example:DEVICE";
    require_refused(Builder{}.add(device_schema()).add(std::move(again)), "is there twice");
    require_refused(Builder{}.add_rfc7643().add_rfc7643(), "is there twice");
}

BOOST_AUTO_TEST_CASE(discovery_schemas_cannot_be_replaced)
{
    require_refused(Builder{}.add(Schema{.id = std::string{urn::schema}, .name = "Schema"}), "is built in");
}

BOOST_AUTO_TEST_CASE(a_resource_type_names_known_schemas, *label("7643-6-f") * label("7643-6-h"))
{
    auto type = device_type();
    type.schema = "urn:example:Unknown";
    require_type_refused(type, "base schema \"urn:example:Unknown\" is not known");

    type = device_type();
    type.extensions = {{.schema = "urn:example:Unknown"}};
    require_type_refused(type, "extension \"urn:example:Unknown\" is not known");

    type = device_type();
    type.extensions = {{.schema = std::string{urn::schema}}, {.schema = std::string{urn::schema}}};
    require_type_refused(type, "is there twice");

    type = device_type();
    type.extensions = {{.schema = "urn:example:device"}}; // its own base
    require_type_refused(type, "is there twice");
}

BOOST_AUTO_TEST_CASE(only_known_types_are_extended_and_once)
{
    require_refused(Builder{}.add_rfc7643().add(device_schema()).extend("Usr", "urn:example:Device"), "\"Usr\"");
    require_refused(Builder{}.add_rfc7643().extend("User", "urn:example:Device"), "is not known");
    require_refused(Builder{}.add_rfc7643().extend("User", urn::enterprise_user), "is there twice");
}

BOOST_AUTO_TEST_CASE(names_and_endpoints_of_types_are_unique,
                     *label("7643-6-m") * label("7643-err-8362") * label("7643-err-8475") * label("7644-err-8365"))
{
    auto other = device_type();
    other.name = "DEVICE";
    other.endpoint = "/Other";
    require_refused(Builder{}.add(device_schema()).add(device_type()).add(other), "name is there twice");
    other.name = "Other";
    other.endpoint = "/devices";
    require_refused(Builder{}.add(device_schema()).add(device_type()).add(other), "another resource type's");
}

BOOST_AUTO_TEST_CASE(names_and_endpoints_need_no_escapes_in_a_url)
{
    for (auto const name : {"", "a b", "a/b", "é", ".a", "a?"})
    {
        auto type = device_type();
        type.name = name;
        require_type_refused(type, "the name must be");
    }
    for (auto const endpoint : {"", "/", "Devices", "/a/b", "//a", "/a b", "/a%20", "/..", "/.search", "/é", "/a/"})
    {
        auto type = device_type();
        type.endpoint = endpoint;
        require_type_refused(type, "not a path of one segment");
    }
}

BOOST_AUTO_TEST_CASE(endpoints_of_the_protocol_stay_visible)
{
    for (auto const endpoint : {"/Me", "/Bulk", "/Schemas", "/ResourceTypes", "/ServiceProviderConfig",
                                "/ServiceProviderConfigs", "/schemas", "/BULK"})
    {
        auto type = device_type();
        type.endpoint = endpoint;
        require_type_refused(type, "belongs to the protocol");
    }
}

BOOST_AUTO_TEST_SUITE_END()
