// The built-in schemas against tests/data/requirements/attributes.tsv, row by row and column by column.
#include <scimkit/schema/registry.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

using namespace scimkit;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(builtin_schemas)

namespace
{

using Row = std::map<std::string, std::string>;

std::vector<std::string> split(std::string const& text, char separator)
{
    std::vector<std::string> parts;
    std::istringstream in{text};
    for (std::string part; std::getline(in, part, separator);)
        parts.push_back(part);
    return parts;
}

// The rows of RFC 7643, and what RFC 9865 adds to ServiceProviderConfig; those of later RFCs are not built in.
std::vector<Row> built_in_rows()
{
    std::ifstream in{SCIMKIT_TEST_DATA "/requirements/attributes.tsv"};
    std::string line;
    std::getline(in, line);
    auto const header = split(line, '\t');
    std::vector<Row> rows;
    while (std::getline(in, line))
    {
        auto const cells = split(line, '\t');
        Row row;
        for (std::size_t i = 0; i < header.size(); ++i)
            row[header[i]] = i < cells.size() ? cells[i] : "";
        auto const& source = row["source"];
        bool const is_configuration = row["schema"] == urn::service_provider_config;
        if (source.find("RFC 7643") == 0 || source.find("not in 8.7") == 0 ||
            (is_configuration && source.find("RFC 9865") == 0))
            rows.push_back(std::move(row));
    }
    return rows;
}

Schema const* schema_of(std::string const& id, SchemaRegistry const& registry)
{
    return id == "(common)" ? &common_schema() : registry.find_schema(id);
}

// Exact spelling, three levels at most: "attributes.subAttributes.name".
Attribute const* find_exact(std::vector<Attribute> const& attributes, std::vector<std::string> const& path,
                            std::size_t at = 0)
{
    auto const found = std::find_if(attributes.begin(), attributes.end(),
                                    [&](Attribute const& attribute) { return attribute.name == path[at]; });
    if (found == attributes.end())
        return nullptr;
    return at + 1 == path.size() ? &*found : find_exact(found->sub_attributes, path, at + 1);
}

std::string joined(std::vector<std::string> const& parts)
{
    std::string text;
    for (auto const& part : parts)
        text += (text.empty() ? "" : ",") + part;
    return text.empty() ? "-" : text;
}

std::string boolean(bool value) { return value ? "true" : "false"; }

std::size_t count_attributes(std::vector<Attribute> const& attributes)
{
    auto n = attributes.size();
    for (auto const& attribute : attributes)
        n += count_attributes(attribute.sub_attributes);
    return n;
}

void require_descriptions(std::vector<Attribute> const& attributes, std::string const& where)
{
    for (auto const& attribute : attributes)
    {
        BOOST_TEST(!attribute.description.empty(), where << attribute.name);
        require_descriptions(attribute.sub_attributes, where + attribute.name + ".");
    }
}

std::shared_ptr<SchemaRegistry const> registry()
{
    static auto const built = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    return built;
}

} // namespace

BOOST_AUTO_TEST_CASE(every_attribute_has_the_characteristics_of_the_table,
                     *label("7643-3.1-j") * label("7643-3.1-o") * label("7643-3.1-p") * label("7643-3.1-q") *
                         label("7643-3.1-v") * label("7643-7-d") * label("7643-7-l") * label("7643-4.1.1-h") *
                         label("7643-4.1.1-t") * label("7643-4.1.2-k") * label("7643-4.1.2-x") * label("7643-8.7.1-a") *
                         label("7643-8.7.2-a") * label("7643-8.7.2-b") * label("7643-8.7.2-d") *
                         label("7643-err-5368") * label("7643-err-5606") * label("7643-err-5607") *
                         label("7643-err-6000") * label("7643-err-6001") * label("7643-err-7522") *
                         label("7643-err-8011") * label("7643-err-8366") * label("7643-err-8415") *
                         label("7643-err-8435") * label("7643-err-8471") * label("7643-err-8472") *
                         label("7643-err-8475"))
{
    auto const rows = built_in_rows();
    BOOST_REQUIRE(rows.size() > 130u);
    for (auto row : rows)
    {
        BOOST_TEST_CONTEXT(row["schema"] << " " << row["attribute"])
        {
            auto const* schema = schema_of(row["schema"], *registry());
            BOOST_REQUIRE(schema != nullptr);
            auto const* attribute = find_exact(schema->attributes, split(row["attribute"], '.'));
            BOOST_REQUIRE(attribute != nullptr);
            BOOST_TEST(to_string(attribute->type) == row["type"]);
            BOOST_TEST(boolean(attribute->multi_valued) == row["multiValued"]);
            BOOST_TEST(boolean(attribute->required) == row["required"]);
            BOOST_TEST(to_string(attribute->mutability) == row["mutability"]);
            BOOST_TEST(to_string(attribute->returned) == row["returned"]);
            BOOST_TEST(joined(attribute->canonical_values) == row["canonicalValues"]);
            BOOST_TEST(joined(attribute->reference_types) == row["referenceTypes"]);
            // '-': not applicable.
            if (row["caseExact"] != "-")
                BOOST_TEST(boolean(attribute->case_exact) == row["caseExact"]);
            if (row["uniqueness"] != "-")
                BOOST_TEST(to_string(attribute->uniqueness) == row["uniqueness"]);
            else
                BOOST_CHECK(attribute->uniqueness == Uniqueness::none);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_schema_has_an_attribute_that_the_table_lacks)
{
    std::map<std::string, std::size_t> expected;
    for (auto row : built_in_rows())
        ++expected[row["schema"]];
    BOOST_TEST(expected.size() == 7u);
    for (auto const& [id, count] : expected)
        BOOST_TEST(count_attributes(schema_of(id, *registry())->attributes) == count, id);
}

BOOST_AUTO_TEST_CASE(every_attribute_and_schema_is_described, *label("7643-7-k") * label("7643-7-f"))
{
    for (auto const& schema : registry()->schemas())
    {
        BOOST_TEST(!schema.name.empty(), schema.id);
        BOOST_TEST(!schema.description.empty(), schema.id);
        require_descriptions(schema.attributes, schema.id + ":");
    }
    require_descriptions(common_schema().attributes, "");
}

BOOST_AUTO_TEST_CASE(references_and_binaries_are_case_exact, *label("7643-2.3.7-d") * label("7643-2.3.6-d"))
{
    auto const& user = *registry()->find_schema(urn::user);
    BOOST_TEST(user.find_attribute("profileUrl")->case_exact);
    BOOST_TEST(user.find_attribute("groups")->find_sub_attribute("$ref")->case_exact);
    BOOST_TEST(user.find_attribute("x509Certificates")->find_sub_attribute("value")->case_exact);
}

BOOST_AUTO_TEST_CASE(every_reference_says_what_it_refers_to, *label("7643-2.3.7-e"))
{
    auto const check = [](auto const& self, std::vector<Attribute> const& attributes) -> void
    {
        for (auto const& attribute : attributes)
        {
            if (attribute.type == AttributeType::reference)
                BOOST_TEST(!attribute.reference_types.empty(), attribute.name);
            self(self, attribute.sub_attributes);
        }
    };
    for (auto const& schema : rfc7643_schemas())
        check(check, schema.attributes);
}

BOOST_AUTO_TEST_CASE(the_common_attributes_have_no_schema_of_their_own, *label("7643-3.1-c"))
{
    BOOST_TEST(common_schema().id.empty());
    BOOST_TEST(registry()->find_schema("") == nullptr);
    for (auto const name : {"schemas", "id", "externalId", "meta"})
        BOOST_TEST(common_schema().find_attribute(name) != nullptr);
}

BOOST_AUTO_TEST_CASE(user_and_group_are_the_resource_types)
{
    auto const& types = registry()->resource_types();
    BOOST_REQUIRE(types.size() == 2u);
    auto const& user = *types[0];
    BOOST_TEST(user.name() == "User");
    BOOST_TEST(user.endpoint() == "/Users");
    BOOST_TEST(user.schema().id == urn::user);
    BOOST_TEST(user.index() == 0u);
    BOOST_REQUIRE(user.extensions().size() == 1u);
    BOOST_TEST(user.extensions()[0].schema->id == urn::enterprise_user);
    BOOST_TEST(!user.extensions()[0].required);
    BOOST_TEST(user.large_attributes().empty());

    auto const& group = *types[1];
    BOOST_TEST(group.name() == "Group");
    BOOST_TEST(group.endpoint() == "/Groups");
    BOOST_TEST(group.schema().id == urn::group);
    BOOST_TEST(group.index() == 1u);
    BOOST_TEST(group.extensions().empty());
    BOOST_REQUIRE(group.large_attributes().size() == 1u);
    BOOST_TEST(group.large_attributes()[0].path() == "members");
    BOOST_TEST(group.is_large(*group.schema().find_attribute("members")));
    BOOST_TEST(!group.is_large(*group.schema().find_attribute("displayName")));
}

BOOST_AUTO_TEST_SUITE_END()
