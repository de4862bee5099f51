// A stored record gives back its resource to the last digit. Bytes that are cut, damaged or lie about their size must
// end as an error, never in a crash or in memory without end.
#include <scimkit/schema/registry.hpp>

#include "kv/record_codec.hpp"

#include <boost/test/unit_test.hpp>

namespace scimkit::kv
{
namespace
{

Resource sample()
{
    Resource resource;
    resource.created = Instant{std::chrono::microseconds{-12'345'678}};
    resource.last_modified = Instant{std::chrono::microseconds{1'767'225'600'000'001}};
    resource.attributes = {{"text", "caf\xC3\xA9"},
                           {"empty", ""},
                           {"yes", true},
                           {"no", false},
                           {"null", nullptr},
                           {"integer", -9'007'199'254'740'993},
                           {"natural", 18'446'744'073'709'551'615U},
                           {"real", 0.1},
                           {"array", {1, "two", {{"three", 3}}, json::array{}}},
                           {"object", {{"inner", {{"deep", json::array{nullptr}}}}}}};
    return resource;
}

std::string const long_value(300, 'x');
std::vector<HeldKey> const keys{{"userName", "ada"}, {"badge", long_value}};

BOOST_AUTO_TEST_SUITE(record_codec)

BOOST_AUTO_TEST_CASE(a_record_gives_back_the_resource)
{
    Resource const resource = sample();
    auto const record = encode_record(resource, Version{42}, keys, {}).value();
    Resource back;
    BOOST_REQUIRE(decode_record(record, back).has_value());
    BOOST_TEST((back.version == Version{42}));
    BOOST_TEST((back.created == resource.created));
    BOOST_TEST((back.last_modified == resource.last_modified));
    BOOST_TEST((back.attributes == resource.attributes));
    BOOST_TEST((back.attributes.at("natural").is_uint64()), "kinds of numbers stay");
}

BOOST_AUTO_TEST_CASE(the_header_has_the_unique_keys)
{
    auto const record = encode_record(sample(), Version{7}, keys, {}).value();
    auto const header = decode_header(record).value();
    BOOST_TEST((header.version == Version{7}));
    BOOST_REQUIRE(header.unique_keys.size() == 2U);
    BOOST_TEST(header.unique_keys[0].attribute == "userName");
    BOOST_TEST(header.unique_keys[1].value == std::string(300, 'x'));
}

BOOST_AUTO_TEST_CASE(large_attributes_are_left_out)
{
    auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    ResourceType const& group = *registry->find_resource_type("Group");
    Resource resource;
    resource.attributes = {{"displayName", "all"}, {"members", {{{"value", "x"}}}}};
    auto const record = encode_record(resource, Version{1}, {}, group.large_attributes()).value();
    Resource back;
    BOOST_REQUIRE(decode_record(record, back).has_value());
    BOOST_TEST((back.attributes == json::object{{"displayName", "all"}}));
}

BOOST_AUTO_TEST_CASE(every_cut_record_is_corrupt)
{
    auto const record = encode_record(sample(), Version{42}, keys, {}).value();
    for (std::size_t size = 0; size < record.size(); ++size)
    {
        Resource back;
        auto const decoded = decode_record(std::string_view{record}.substr(0, size), back);
        BOOST_REQUIRE_MESSAGE(!decoded, "a record cut to " << size << " bytes is read");
        BOOST_TEST((decoded.error().code == ErrorCode::corrupt));
    }
    Resource back;
    BOOST_TEST(!decode_record(record + "x", back), "bytes behind a record");
}

BOOST_AUTO_TEST_CASE(damaged_bytes_never_do_worse_than_an_error)
{
    auto const record = encode_record(sample(), Version{42}, keys, {}).value();
    std::size_t refused = 0;
    for (std::size_t i = 0; i < record.size(); ++i)
        for (int bit = 0; bit < 8; ++bit)
        {
            std::string damaged = record;
            damaged[i] = static_cast<char>(static_cast<unsigned char>(damaged[i]) ^ (1U << bit));
            Resource back;
            refused += decode_record(damaged, back) ? 0 : 1;
            static_cast<void>(decode_header(damaged));
        }
    BOOST_TEST(refused > 0U);
}

BOOST_AUTO_TEST_CASE(a_count_that_lies_asks_for_no_memory)
{
    std::string const object_of_many("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 9);
    BOOST_TEST((decode_object(object_of_many).error().code == ErrorCode::corrupt));
}

BOOST_AUTO_TEST_CASE(nesting_has_a_limit)
{
    Resource resource;
    json::value nested = json::array{};
    for (int i = 0; i < 100; ++i)
        nested = json::array{std::move(nested)};
    resource.attributes["deep"] = std::move(nested);
    BOOST_TEST((encode_record(resource, Version{1}, {}, {}).error().code == ErrorCode::invalid_value));
}

BOOST_AUTO_TEST_CASE(elements_are_read_back)
{
    json::object const element{{"value", "u-1"}, {"display", "Ada"}};
    BOOST_TEST((decode_object(encode_object(element).value()).value() == element));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
