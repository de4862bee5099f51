// Schemas and resource types that an operator writes, or copies from another provider (RFC 7643 sections 6 and 8.7):
// each mistake has to end at the start, in a sentence that names the place, and not in a service that serves
// something else.
#include <scimkit/schema/registry.hpp>

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>

using namespace scimkit;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(load)

namespace
{

using Builder = SchemaRegistry::Builder;

std::string const device_schema = R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Schema"],
    "id":"urn:example:Device","name":"Device","attributes":[{"name":"model","type":"string","multiValued":false}]})";
std::string const device_type = R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],"id":"Device",
    "name":"Device","description":"Things","endpoint":"/Devices","schema":"urn:example:Device"})";

json::value parsed(std::string const& text) { return parse_json(text).value(); }

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

std::string type_with(std::string const& members)
{
    return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],)" + members + "}";
}

// A file that goes with the object.
class TemporaryFile
{
public:
    explicit TemporaryFile(std::string_view content) { std::ofstream(path_, std::ios::binary) << content; }
    ~TemporaryFile() { std::filesystem::remove(path_); }
    TemporaryFile(TemporaryFile const&) = delete;
    TemporaryFile& operator=(TemporaryFile const&) = delete;

    std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_ =
        std::filesystem::temp_directory_path() /
        ("scimkit-load-test-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)) + ".json");
};

} // namespace

BOOST_AUTO_TEST_CASE(definitions_come_alone_in_an_array_or_in_a_list_response)
{
    auto const check = [](Builder const& builder)
    {
        auto const registry = builder.build().value();
        auto const* device = registry->find_endpoint("/Devices");
        BOOST_REQUIRE(device != nullptr);
        BOOST_TEST(device->schema().id == "urn:example:Device");
        BOOST_TEST(device->definition().description == "Things");
    };
    check(Builder{}.load(parsed(device_type)).load(parsed(device_schema)));
    check(Builder{}.load(parsed("[" + device_type + "," + device_schema + "]")));
    check(Builder{}.load(parsed(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":2,
        "Resources":[)" + device_schema +
                                "," + device_type + "]}")));
}

// RFC 7643 section 8.7 prints its schemas so.
BOOST_AUTO_TEST_CASE(definitions_without_schemas_are_told_apart_by_their_members)
{
    auto const registry = Builder{}
                              .load(parsed(R"([{"id":"urn:example:Device","name":"Device","attributes":[]},
                {"name":"Device","endpoint":"/Devices","schema":"urn:example:Device"}])"))
                              .build()
                              .value();
    BOOST_TEST(registry->find_endpoint("/Devices") != nullptr);
}

BOOST_AUTO_TEST_CASE(a_file_is_read)
{
    auto const registry = Builder{}
                              .add_rfc7643()
                              .load(SCIMKIT_TEST_DATA "/requirements/patch-test-schema.json")
                              .extend("User", "urn:example:params:scim:schemas:extension:test:2.0:User")
                              .build()
                              .value();
    auto const& user = *registry->find_resource_type("User");
    BOOST_TEST(user.extensions().size() == 2u);
    BOOST_CHECK(user.resolve({.uri = "urn:example:params:scim:schemas:extension:test:2.0:User",
                              .name = "devices",
                              .sub_attribute = "serialNo"}));
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_file_is_said_with_its_name)
{
    require_refused(Builder{}.load(std::filesystem::path("/nonexistent/schema.json")),
                    "/nonexistent/schema.json: it cannot be read");
    require_refused(Builder{}.load(std::filesystem::temp_directory_path()), "it cannot be read");

    TemporaryFile const no_json{"{\"id\":}"};
    require_refused(Builder{}.load(no_json.path()), no_json.path().string());
    require_refused(Builder{}.load(no_json.path()), "at byte");

    TemporaryFile const wrong{R"({"id":"urn:example:x","attributes":[{"name":"a","type":"uuid"}]})"};
    require_refused(Builder{}.load(wrong.path()), wrong.path().string());
    require_refused(Builder{}.load(wrong.path()), "uuid");

    TemporaryFile const huge{std::string((16u << 20) + 1, ' ')};
    require_refused(Builder{}.load(huge.path()), "larger than 16 MiB");
}

BOOST_AUTO_TEST_CASE(what_is_neither_schema_nor_resource_type_is_refused)
{
    for (auto const text : {"1", "{}", "[[]]", R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]})",
                            R"({"schemas":"urn:ietf:params:scim:schemas:core:2.0:Schema"})"})
        require_refused(Builder{}.load(parsed(text)), "neither a schema nor a resource type");
}

BOOST_AUTO_TEST_CASE(the_first_error_is_the_one_reported)
{
    require_refused(Builder{}
                        .load(parsed(R"([{"id":"urn:example:first","attributes":1},1])"))
                        .load(std::filesystem::path("/nonexistent/schema.json")),
                    "urn:example:first");
}

BOOST_AUTO_TEST_CASE(a_resource_type_needs_name_endpoint_and_schema,
                     *label("7643-6-c") * label("7643-6-e") * label("7643-6-f"))
{
    for (auto const members : {R"("endpoint":"/D","schema":"urn:a:b")", R"("name":"D","schema":"urn:a:b")",
                               R"("name":"D","endpoint":"/D")", R"("name":"D","endpoint":"","schema":"urn:a:b")"})
        require_refused(Builder{}.load(parsed(type_with(members))), "must be there");
    require_refused(Builder{}.load(parsed(type_with(R"("name":1,"endpoint":"/D","schema":"urn:a:b")"))),
                    "\"name\" must be a string");
}

BOOST_AUTO_TEST_CASE(an_endpoint_may_lack_its_slash, *label("7643-6-e"))
{
    auto const registry =
        Builder{}
            .load(parsed(device_schema))
            .load(parsed(type_with(R"("name":"Device","endpoint":"Devices","schema":"urn:example:Device")")))
            .build()
            .value();
    BOOST_TEST(registry->find_resource_type("Device")->endpoint() == "/Devices");
}

BOOST_AUTO_TEST_CASE(extensions_have_a_schema_and_say_whether_they_are_required,
                     *label("7643-6-g") * label("7643-6-h") * label("7643-6-i"))
{
    auto const with = [](std::string const& extensions)
    {
        return parsed(type_with(
            R"("name":"Device","endpoint":"/Devices","schema":"urn:example:Device","schemaExtensions":)" + extensions));
    };
    auto const registry =
        Builder{}
            .add_rfc7643()
            .load(parsed(device_schema))
            .load(with(R"([{"schema":")" + std::string{urn::enterprise_user} + R"(","required":true}])"))
            .build()
            .value();
    auto const extensions = registry->find_resource_type("Device")->extensions();
    BOOST_REQUIRE(extensions.size() == 1u);
    BOOST_TEST(extensions[0].schema->id == urn::enterprise_user);
    BOOST_TEST(extensions[0].required);

    BOOST_TEST(Builder{}.load(parsed(device_schema)).load(with("[]")).build().has_value());
    require_refused(Builder{}.load(with(R"([{"schema":"urn:a:b"}])")), "must have \"schema\" and \"required\"");
    require_refused(Builder{}.load(with(R"([{"required":true}])")), "must have \"schema\" and \"required\"");
    require_refused(Builder{}.load(with(R"([{"schema":"urn:a:b","required":"yes"}])")), "true or false");
    require_refused(Builder{}.load(with(R"([{"schema":1,"required":true}])")), "must be a string");
    require_refused(Builder{}.load(with(R"(["urn:a:b"])")), "array of objects");
    require_refused(Builder{}.load(with(R"({"schema":"urn:a:b"})")), "array of objects");
}

BOOST_AUTO_TEST_CASE(a_type_of_a_known_name_replaces_it)
{
    auto const registry =
        Builder{}
            .add_rfc7643()
            .load(parsed(type_with(R"("name":"User","endpoint":"/People","schema":")" + std::string{urn::user} + '"')))
            .build()
            .value();
    BOOST_TEST(registry->resource_types().size() == 2u);
    auto const& user = *registry->find_resource_type("User");
    BOOST_TEST(user.endpoint() == "/People");
    BOOST_TEST(user.extensions().empty());
    BOOST_TEST(user.large_attributes().empty());
    BOOST_TEST(user.index() == 0u);
}

BOOST_AUTO_TEST_CASE(a_replaced_type_keeps_its_large_attributes_with_its_base_schema)
{
    auto const group_of = [](std::string_view schema)
    {
        return Builder{}
            .add_rfc7643()
            .load(parsed(device_schema))
            .load(parsed(type_with(R"("name":"Group","endpoint":"/Teams","schema":")" + std::string{schema} + '"')))
            .build()
            .value();
    };
    auto const same_base = group_of(urn::group);
    BOOST_REQUIRE(same_base->find_resource_type("Group")->large_attributes().size() == 1u);
    BOOST_TEST(same_base->find_resource_type("Group")->large_attributes()[0].path() == "members");
    auto const other_base = group_of("urn:example:Device");
    BOOST_TEST(other_base->find_resource_type("Group")->large_attributes().empty());
}

BOOST_AUTO_TEST_CASE(what_another_provider_lists_at_schemas_can_be_loaded)
{
    json::array all;
    for (auto const& schema : rfc7643_schemas())
        all.emplace_back(to_json(schema));
    auto const registry = Builder{}.load(json::object{{"Resources", std::move(all)}}).build().value();
    BOOST_TEST(registry->schemas().size() == 6u);
}

BOOST_AUTO_TEST_SUITE_END()
