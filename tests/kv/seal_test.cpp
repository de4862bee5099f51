// Seals: the hash is the published one, nothing damaged is taken for sound, and what is damaged is named.
#include <scimkit/store/change_log.hpp>

#include "kv/damage.hpp"
#include "kv/layout.hpp"
#include "kv/seal.hpp"
#include "kv_fixture.hpp"

#include <algorithm>

namespace scimkit::kv
{
namespace
{

std::string numbers(std::size_t count)
{
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i)
        bytes.push_back(static_cast<char>(i));
    return bytes;
}

struct SealFixture : test::KvFixture
{
    using Entries = std::vector<std::pair<std::string, std::string>>;

    SealFixture()
    {
        open();
        for (int i = 0; i < 5; ++i)
            insert(make(user(), "u" + std::to_string(i),
                        {{"userName", "name" + std::to_string(i)}, {"title", "t"}, {"active", i % 2 == 0}}));
        insert(make(group(), "g", {{"displayName", "all"}, {"members", {{{"value", "u1"}}, {{"value", "u2"}}}}}));
    }

    Entries entries()
    {
        Entries all;
        engine
            ->read(
                [&](Reader& reader) -> result<void>
                {
                    auto cursor = reader.cursor().value();
                    for (auto found = cursor->seek(""); found.value(); found = cursor->next())
                        all.emplace_back(cursor->key(), cursor->value());
                    return {};
                })
            .value();
        return all;
    }

    void raw_put(std::string_view key, std::string_view value)
    {
        BOOST_REQUIRE(engine->write([&](Writer& writer) { return writer.put(key, value); }).has_value());
    }

    result<std::string> text_of(function_ref<result<void>(ReadTransaction&, std::string&)> body)
    {
        std::string text;
        auto const done = store->read(*attachment, "tenant", {},
                                      [&](ReadTransaction& transaction) { return body(transaction, text); });
        if (!done)
            return done.error();
        return text;
    }

    static void write_down(Resource const& resource, std::string& text)
    {
        text.append(resource.id).append(" ").append(std::to_string(resource.version.number())).append(" ");
        write_json(text, resource.attributes);
        text.push_back('\n');
    }

    result<std::string> found_by(std::string_view filter)
    {
        return text_of(
            [&](ReadTransaction& transaction, std::string& text) -> result<void>
            {
                BoundFilter const bound = bind(parse_filter(filter).value(), user()).value();
                Query::Source const source{&user(), &bound};
                Query query{{&source, 1}};
                query.total = TotalPolicy::exact;
                auto const page = run_query(transaction, query);
                if (!page)
                    return page.error();
                for (Resource const& resource : page->resources)
                    write_down(resource, text);
                text.append(std::to_string(page->summary.total.value_or(0)));
                return {};
            });
    }

    /// All that can be read, one by one: the answer, or that it is damaged.
    std::vector<std::string> everything()
    {
        std::vector<std::string> answers;
        auto const add = [&](result<std::string> const& answer)
        {
            if (answer)
                answers.push_back(*answer);
            else
            {
                BOOST_TEST((answer.error().code == ErrorCode::corrupt), answer.error().detail);
                answers.push_back("damaged: " + answer.error().detail);
            }
        };
        for (auto const& [type, id] : {std::pair{&user(), "u0"}, {&user(), "u1"}, {&group(), "g"}})
            add(text_of(
                [&](ReadTransaction& transaction, std::string& text) -> result<void>
                {
                    auto const found = transaction.get(*type, id, wanted_all(*type));
                    if (!found)
                        return found.error();
                    if (*found)
                        write_down(**found, text);
                    return {};
                }));
        for (std::string_view const filter :
             {"userName eq \"NAME1\"", "userName sw \"name\"", "title eq \"t\"", "active eq true", "id pr"})
            add(found_by(filter));
        add(text_of(
            [&](ReadTransaction& transaction, std::string& text)
            {
                return transaction.large_attributes()->references_to("u1",
                                                                     [&](Reference const& reference)
                                                                     {
                                                                         text.append(reference.id).push_back(' ');
                                                                         return true;
                                                                     });
            }));
        add(text_of(
            [&](ReadTransaction& transaction, std::string& text)
            {
                return transaction.change_log()->read({}, 100,
                                                      [&](LoggedChange&& change)
                                                      {
                                                          text.append(change.id).push_back(' ');
                                                          return true;
                                                      });
            }));
        return answers;
    }
};

BOOST_FIXTURE_TEST_SUITE(seals, SealFixture)

BOOST_AUTO_TEST_CASE(the_hash_is_xxh64)
{
    BOOST_TEST(xxh64("") == 0xef46db3751d8e999U);
    BOOST_TEST(xxh64("a") == 0xd24ec4f1a98c6e5bU);
    BOOST_TEST(xxh64("abc") == 0x44bc2cf5ad770999U);
    BOOST_TEST(xxh64("abcd") == 0xde0327b0d25d92ccU);
    BOOST_TEST(xxh64("12345678") == 0xd2d02f08cf7cfd4aU);
    BOOST_TEST(xxh64("message digest") == 0x066ed728fceeb3beU);
    BOOST_TEST(xxh64("abcdefghijklmnopqrstuvwxyz012345") == 0xbf2cd639b4143b80U);
    BOOST_TEST(xxh64(numbers(101)) == 0xe99038495f85381eU);
}

BOOST_AUTO_TEST_CASE(a_seal_fits_only_its_key_and_its_value)
{
    std::string sealed = "value";
    append_seal(sealed, "key");
    BOOST_TEST((open_seal("key", sealed) == std::optional<std::string_view>{"value"}));
    BOOST_TEST(!open_seal("kez", sealed));
    BOOST_TEST(!open_seal("keyv", sealed));
    BOOST_TEST(!open_seal("key", sealed + "x"));
    for (std::size_t size = 0; size < sealed.size(); ++size)
        BOOST_TEST(!open_seal("key", sealed.substr(0, size)));
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit)
    {
        std::string damaged = sealed;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
        BOOST_TEST(!open_seal("key", damaged));
    }
    std::string nothing;
    append_seal(nothing, "key");
    BOOST_TEST((open_seal("key", nothing) == std::optional<std::string_view>{""}));
    BOOST_TEST(!open_seal("other", nothing));
}

BOOST_AUTO_TEST_CASE(damage_of_any_value_is_an_error_or_no_matter_and_never_another_answer)
{
    auto const sound = everything();
    std::size_t told = 0;
    for (auto const& [key, value] : entries())
    {
        if (key == meta_key) // read at the start only
            continue;
        for (std::size_t const place : {std::size_t{0}, value.size() / 2, value.size() - 1})
        {
            std::string damaged = value;
            damaged[place] = static_cast<char>(damaged[place] ^ 0x20);
            raw_put(key, damaged);
            auto const answers = everything();
            for (std::size_t i = 0; i < answers.size(); ++i)
            {
                BOOST_TEST((answers[i] == sound[i] || answers[i].starts_with("damaged: ")), answers[i]);
                told += answers[i].starts_with("damaged: ") ? 1 : 0;
            }
            raw_put(key, value);
        }
    }
    BOOST_TEST(told > 50U);
    BOOST_TEST(everything() == sound, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(values_of_two_keys_that_were_swapped_are_damage)
{
    auto const keys = TenantKeys::make("tenant", engine->max_key_size()).value();
    std::string const one = keys.record(0, "u0");
    std::string const two = keys.record(0, "u1");
    std::string of_one;
    std::string of_two;
    for (auto const& [key, value] : entries())
    {
        if (key == one)
            of_one = value;
        if (key == two)
            of_two = value;
    }
    raw_put(one, of_two);
    raw_put(two, of_one);
    auto const answers = everything();
    BOOST_TEST(answers[0] ==
               "damaged: The checksum of the record of User 'u0' (tenant 'tenant') does not fit: it is damaged.");
}

BOOST_AUTO_TEST_CASE(a_list_with_one_damaged_record_names_it)
{
    auto const keys = TenantKeys::make("tenant", engine->max_key_size()).value();
    raw_put(keys.record(0, "u3"), "nonsense");
    auto const found = found_by("title eq \"t\"");
    BOOST_REQUIRE(found.has_error());
    BOOST_TEST((found.error().code == ErrorCode::corrupt));
    BOOST_TEST(found.error().detail.find("the record of User 'u3'") != std::string::npos, found.error().detail);
}

BOOST_AUTO_TEST_CASE(a_write_over_damage_is_refused_and_changes_nothing)
{
    auto const keys = TenantKeys::make("tenant", engine->max_key_size()).value();
    raw_put(keys.record(0, "u3"), "nonsense");
    auto const before = entries();
    auto const done = write([&](WriteTransaction& transaction) { return transaction.remove(user(), "u3", {}); });
    BOOST_TEST((done.error().code == ErrorCode::corrupt));
    BOOST_TEST((entries() == before));
}

BOOST_AUTO_TEST_CASE(entries_are_named_by_type_and_id_and_never_by_a_value)
{
    std::vector<std::string> const names{"User", "Group", "Group/members"};
    auto const keys = TenantKeys::make("", 511).value();
    BOOST_TEST(describe_entry(meta_key, names) == "the description of the database");
    BOOST_TEST(describe_entry(keys.record(0, "u1"), names) == "the record of User 'u1'");
    BOOST_TEST(describe_entry(keys.record(7, "u1"), names) == "the record of a type that is not known 'u1'");
    BOOST_TEST(describe_entry(keys.element(2, "g", "secret"), names) == "an element of 'members' of Group 'g'");
    BOOST_TEST(describe_entry(keys.element_count(2, "g"), names) == "the number of elements of 'members' of Group 'g'");
    BOOST_TEST(describe_entry(keys.element(2, owner_name("g", 3), "secret"), names) ==
               "an element of 'members' of Group 'g'");
    BOOST_TEST(describe_entry(keys.grave(2, owner_name("g", 3)), names) == "the grave of 'members' of Group 'g'");
    BOOST_TEST(describe_entry(keys.reference("secret", 2, "g", "secret"), names) ==
               "a reference from 'members' of Group 'g'");
    BOOST_TEST(describe_entry(keys.unique(0, "userName", "secret"), names) == "a unique key of User");
    BOOST_TEST(describe_entry(keys.resource_count(1), names) == "the number of resources of Group");
    BOOST_TEST(describe_entry(keys.change(12), names) == "change 12");
    BOOST_TEST(describe_entry(keys.revision(), names) == "the last version given out");
    std::string index = keys.index(0, 3);
    append_string_value(index, "secret", keys.room());
    BOOST_TEST(describe_entry(index + "u1", names) == "an index entry of User 'u1'");
    auto const other = TenantKeys::make("acme", 511).value();
    BOOST_TEST(describe_entry(other.record(0, "u1"), names) == "the record of User 'u1' (tenant 'acme')");
}

BOOST_AUTO_TEST_CASE(keys_that_are_damaged_themselves_are_named_as_far_as_they_go)
{
    std::vector<std::string> const names{"User", "Group", "Group/members"};
    auto const keys = TenantKeys::make("acme", 511).value();
    for (std::string const& whole :
         {keys.record(0, "u1"), keys.element(2, "g", "m"), keys.index(0, 3) + "x", keys.reference("m", 2, "g", "m"),
          keys.change(12), keys.grave(2, owner_name("g", 3))})
        for (std::size_t size = 0; size <= whole.size(); ++size)
        {
            std::string key = whole.substr(0, size);
            BOOST_TEST(!describe_entry(key, names).empty());
            for (std::size_t place = 0; place < key.size(); ++place)
            {
                std::string damaged = key;
                damaged[place] = '\xFF';
                auto const words = describe_entry(damaged, names);
                BOOST_TEST(std::ranges::all_of(words, [](char c) { return c >= 0x20 && c < 0x7F; }), words);
            }
        }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
