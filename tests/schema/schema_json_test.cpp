// Schemas as JSON (RFC 7643 sections 2.2 and 7), both ways: a characteristic that is lost or misread would change
// what every later request may do.
#include <scimkit/schema/registry.hpp>

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(schema_json)

namespace
{

result<Schema> parse(std::string_view text) { return parse_schema(parse_json(text).value()); }

// A schema with one attribute, given as JSON.
result<Schema> parse_with(std::string_view attribute)
{
    return parse(R"({"id":"urn:example:test","name":"Test","attributes":[)" + std::string{attribute} + "]}");
}

Attribute parsed_attribute(std::string_view attribute) { return parse_with(attribute).value().attributes.at(0); }

void require_refused(std::string_view attribute, std::string_view path, std::string_view reason)
{
    BOOST_TEST_CONTEXT(attribute)
    {
        auto const schema = parse_with(attribute);
        BOOST_REQUIRE(!schema);
        BOOST_CHECK(schema.error().code == ErrorCode::invalid_value);
        BOOST_TEST(schema.error().attribute == path);
        BOOST_TEST(schema.error().detail.find(reason) != std::string::npos, schema.error().detail);
        BOOST_TEST(schema.error().detail.find(path) != std::string::npos, schema.error().detail);
    }
}

json::object written_attribute(Attribute attribute)
{
    auto const object = to_json(Schema{.id = "urn:example:test", .name = "Test", .attributes = {std::move(attribute)}});
    return object.at("attributes").at(0).get_object();
}

} // namespace

BOOST_AUTO_TEST_CASE(built_in_schemas_survive_writing_and_reading, *label("7643-7-h"))
{
    for (auto const& schema : rfc7643_schemas())
    {
        std::string text;
        write_json(text, to_json(schema));
        BOOST_CHECK_MESSAGE(parse(text).value() == schema, schema.id);
    }
}

BOOST_AUTO_TEST_CASE(a_written_schema_names_its_schema, *label("7643-7-a") * label("7643-7-e") * label("7643-err-5999"))
{
    auto const object = to_json(Schema{.id = "urn:example:test", .name = "Test"});
    BOOST_CHECK(object.at("schemas") == json::array{urn::schema});
    BOOST_CHECK(object.at("id") == "urn:example:test");
    BOOST_CHECK(object.at("name") == "Test");
    BOOST_TEST(!object.contains("description"));
    BOOST_TEST(!object.contains("meta"));
    BOOST_TEST(object.at("attributes").get_array().empty());
}

BOOST_AUTO_TEST_CASE(characteristics_left_out_have_their_defaults,
                     *label("7643-2.2-a") * label("7643-2.2-b") * label("7643-2.2-c") * label("7643-2.2-d") *
                         label("7643-2.2-e") * label("7643-2.2-f") * label("7643-2.2-g"))
{
    BOOST_CHECK(parsed_attribute(R"({"name":"x"})") == Attribute{.name = "x"});
    BOOST_CHECK(parsed_attribute(R"({"name":"x","type":null,"required":null,"canonicalValues":null})") ==
                Attribute{.name = "x"});
    auto const attribute = parsed_attribute(R"({"name":"x","multiValued":false})");
    BOOST_CHECK(attribute.type == AttributeType::string);
    BOOST_TEST(!attribute.required);
    BOOST_TEST(!attribute.case_exact);
    BOOST_CHECK(attribute.mutability == Mutability::read_write);
    BOOST_CHECK(attribute.returned == Returned::by_default);
    BOOST_CHECK(attribute.uniqueness == Uniqueness::none);
    BOOST_TEST(attribute.canonical_values.empty());
}

BOOST_AUTO_TEST_CASE(all_characteristics_are_read, *label("7643-2.2-h") * label("7643-7-i"))
{
    BOOST_CHECK(parsed_attribute(R"({"name":"serial","type":"string","multiValued":true,"description":"d",
        "required":true,"canonicalValues":["a","b"],"caseExact":true,"mutability":"immutable","returned":"request",
        "uniqueness":"global"})") == (Attribute{.name = "serial",
                                                .multi_valued = true,
                                                .description = "d",
                                                .required = true,
                                                .case_exact = true,
                                                .mutability = Mutability::immutable,
                                                .returned = Returned::on_request,
                                                .uniqueness = Uniqueness::global,
                                                .canonical_values = {"a", "b"}}));
    BOOST_CHECK(
        parsed_attribute(R"({"name":"r","type":"reference","referenceTypes":["User","external"]})").reference_types ==
        (std::vector<std::string>{"User", "external"}));
}

BOOST_AUTO_TEST_CASE(keywords_have_one_spelling_out_and_any_case_in, *label("7643-2.3-b") * label("7643-7-g"))
{
    for (auto const keyword : {"string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"})
    {
        auto const type = parsed_attribute(R"({"name":"x","type":")" + std::string{keyword} + "\"}").type;
        BOOST_TEST(to_string(type) == keyword);
    }
    BOOST_CHECK(parsed_attribute(R"({"name":"x","type":"DATETIME"})").type == AttributeType::date_time);
    BOOST_CHECK(parsed_attribute(R"({"NAME":"x","Mutability":"ReadOnly"})").mutability == Mutability::read_only);
    for (auto const keyword : {"readOnly", "readWrite", "immutable", "writeOnly"})
        BOOST_TEST(
            to_string(parsed_attribute(R"({"name":"x","mutability":")" + std::string{keyword} + "\"}").mutability) ==
            keyword);
    for (auto const keyword : {"always", "never", "default", "request"})
        BOOST_TEST(to_string(parsed_attribute(R"({"name":"x","returned":")" + std::string{keyword} + "\"}").returned) ==
                   keyword);
    for (auto const keyword : {"none", "server", "global"})
        BOOST_TEST(
            to_string(parsed_attribute(R"({"name":"x","uniqueness":")" + std::string{keyword} + "\"}").uniqueness) ==
            keyword);
}

BOOST_AUTO_TEST_CASE(unknown_keywords_are_refused, *label("7643-2.3-a"))
{
    require_refused(R"({"name":"x","type":"uuid"})", "x", "\"uuid\" is not a keyword of \"type\"");
    require_refused(R"({"name":"x","type":"bool"})", "x", "bool");
    require_refused(R"({"name":"x","type":""})", "x", "\"type\"");
    require_refused(R"({"name":"x","mutability":"readwritable"})", "x", "mutability");
    require_refused(R"({"name":"x","returned":"sometimes"})", "x", "returned");
    require_refused(R"({"name":"x","uniqueness":"Manufacturer"})", "x", "uniqueness");
    require_refused(R"({"name":"c","type":"complex","subAttributes":[{"name":"s","type":"uuid"}]})", "c.s", "uuid");
}

BOOST_AUTO_TEST_CASE(members_of_the_wrong_kind_are_refused, *label("7643-7-zi") * label("7643-7-zh"))
{
    require_refused(R"({"name":"x","canonicalValues":"work"})", "x", "\"canonicalValues\" must be an array of strings");
    require_refused(R"({"name":"x","canonicalValues":[1]})", "x", "canonicalValues");
    require_refused(R"({"name":"x","type":"reference","referenceTypes":"User"})", "x", "referenceTypes");
    require_refused(R"({"name":"x","type":1})", "x", "\"type\" must be a string");
    require_refused(R"({"name":"x","required":"true"})", "x", "\"required\" must be true or false");
    require_refused(R"({"name":"x","multiValued":1})", "x", "multiValued");
    require_refused(R"({"name":"x","caseExact":"no"})", "x", "caseExact");
    require_refused(R"({"name":"x","description":[]})", "x", "description");
    require_refused(R"({"name":"x","type":"complex","subAttributes":{}})", "x", "array");
    require_refused(R"({"name":1})", "", "\"name\" must be a string");
    require_refused(R"({"type":"string"})", "", "no name");
    require_refused(R"({"name":""})", "", "no name");
    require_refused(R"("x")", "", "array of objects");
    require_refused(R"({"name":"c","type":"complex","subAttributes":[{"type":"string"}]})", "c", "no name");
}

BOOST_AUTO_TEST_CASE(what_is_no_schema_is_refused)
{
    for (auto const text : {"[]", "1", "{}", R"({"id":""})", R"({"id":1,"attributes":[]})", R"({"id":"urn:example:x"})",
                            R"({"id":"urn:example:x","attributes":{}})", R"({"id":"urn:example:x","attributes":null})",
                            R"({"id":"urn:example:x","name":1,"attributes":[]})",
                            R"({"id":"urn:example:x","description":1,"attributes":[]})"})
    {
        auto const schema = parse(text);
        BOOST_REQUIRE_MESSAGE(!schema, text);
        BOOST_CHECK(schema.error().code == ErrorCode::invalid_value);
    }
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_refused)
{
    std::string attribute = R"({"name":"a"})";
    for (int i = 0; i < 3; ++i)
        attribute = R"({"name":"a","type":"complex","subAttributes":[)" + attribute + "]}";
    require_refused(attribute, "a.a.a", "nested too deep");
}

BOOST_AUTO_TEST_CASE(unknown_members_are_ignored, *label("7643-7-zj"))
{
    BOOST_TEST(parsed_attribute(R"({"name":"mac","type":"string","pattern":"^..$"})").name == "mac");
}

BOOST_AUTO_TEST_CASE(a_multi_valued_complex_attribute_without_sub_attributes_has_the_default_ones,
                     *label("7643-2.4-d") * label("7643-2.4-g") * label("7643-7-j"))
{
    auto const tags = parsed_attribute(R"({"name":"tags","type":"complex","multiValued":true})");
    BOOST_REQUIRE(tags.sub_attributes.size() == 5u);
    BOOST_CHECK(tags.find_sub_attribute("primary")->type == AttributeType::boolean);
    BOOST_CHECK(tags.find_sub_attribute("display")->mutability == Mutability::immutable);
    BOOST_CHECK(tags.find_sub_attribute("$ref")->type == AttributeType::reference);
    BOOST_TEST(tags.find_sub_attribute("type") != nullptr);
    BOOST_TEST(tags.find_sub_attribute("value") != nullptr);
    BOOST_TEST(parsed_attribute(R"({"name":"c","type":"complex"})").sub_attributes.empty());
}

BOOST_AUTO_TEST_CASE(case_follows_the_type_whatever_the_text_says, *label("7643-2.3.6-d") * label("7643-2.3.7-d"))
{
    BOOST_TEST(parsed_attribute(R"({"name":"x","type":"reference","caseExact":false})").case_exact);
    BOOST_TEST(parsed_attribute(R"({"name":"x","type":"binary"})").case_exact);
    BOOST_TEST(!parsed_attribute(R"({"name":"x","type":"boolean","caseExact":true})").case_exact);
}

BOOST_AUTO_TEST_CASE(characteristics_that_a_type_lacks_are_not_written,
                     *label("7643-2.3.2-b") * label("7643-2.3.3-b") * label("7643-2.3.4-c") * label("7643-2.3.5-f") *
                         label("7643-2.3.8-d") * label("7643-8.7.1-c") * label("7643-err-6004"))
{
    using enum AttributeType;
    for (auto const type : {boolean, date_time})
    {
        auto const object = written_attribute({.name = "x", .type = type});
        BOOST_TEST(!object.contains("caseExact"));
        BOOST_TEST(!object.contains("uniqueness"));
    }
    auto const complex_object = written_attribute({.name = "x", .type = complex, .sub_attributes = {{.name = "y"}}});
    BOOST_TEST(!complex_object.contains("caseExact"));
    BOOST_TEST(!complex_object.contains("uniqueness"));
    BOOST_TEST(complex_object.at("subAttributes").get_array().size() == 1u);
    for (auto const type : {decimal, integer})
    {
        auto const object = written_attribute({.name = "x", .type = type});
        BOOST_TEST(!object.contains("caseExact"));
        BOOST_TEST(object.contains("uniqueness"));
    }
    auto const binary_object = written_attribute({.name = "x", .type = binary});
    BOOST_TEST(binary_object.contains("caseExact"));
    BOOST_TEST(!binary_object.contains("uniqueness"));
    auto const text = written_attribute({.name = "x", .type = AttributeType::string});
    for (auto const member : {"caseExact", "uniqueness", "mutability", "returned", "required", "multiValued"})
        BOOST_TEST(text.contains(member), member);
    for (auto const member : {"canonicalValues", "referenceTypes", "subAttributes", "description"})
        BOOST_TEST(!text.contains(member), member);
}

BOOST_AUTO_TEST_SUITE_END()
