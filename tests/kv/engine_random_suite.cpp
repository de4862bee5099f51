// Random transactions against a std::map: every answer on the way, and everything that is there afterwards, whether the
// transaction was committed or taken back. One of the suites of engine_suite.hpp.
#include "kv/engine_access.hpp"
#include "kv/engine_suite.hpp"
#include "support/seed.hpp"

#include <iterator>
#include <map>
#include <random>

namespace
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;
using scimkit::kv::Reader;
using scimkit::kv::Writer;
using namespace scimkit::test;

using Content = std::map<std::string, std::string>; // compares bytes as engines do

constexpr int transactions = 300;

Entries list_of(Content const& content) { return {content.begin(), content.end()}; }

/// The same again for the same seed: an engine may run a body twice.
class RandomBody
{
public:
    RandomBody(std::uint32_t seed, std::size_t longest_key, Content& content)
        : random_(seed)
        , longest_key_(longest_key)
        , content_(content)
    {
    }

    void run(Writer& writer)
    {
        for (auto left = 1 + random_() % 30; left > 0; --left)
            switch (random_() % 6)
            {
            case 0:
            case 1:
            case 2:
                put(writer);
                break;
            case 3:
                erase(writer);
                break;
            default:
                look(writer);
            }
    }

    /// One value, and a walk of some steps.
    void look(Reader& reader)
    {
        auto const key = random_key();
        auto const value = reader.get(key).value();
        auto const known = content_.find(key);
        BOOST_REQUIRE(value.has_value() == (known != content_.end()));
        if (value)
            BOOST_REQUIRE(*value == known->second);
        walk(reader);
    }

private:
    /// Few different ones, so that many are there already; with the bytes at both ends, and now and then the longest.
    std::string random_key()
    {
        constexpr std::string_view bytes{"\0a\x7f\x80\xff", 5};
        auto const size = random_() % 50 == 0 ? longest_key_ : 1 + random_() % 4;
        std::string key;
        for (std::size_t i = 0; i < size; ++i)
            key += bytes[random_() % bytes.size()];
        return key;
    }

    std::string random_value()
    {
        auto const size = random_() % 20 == 0 ? 10'000 + random_() % 10'000 : random_() % 200;
        return std::string(size, static_cast<char>(random_()));
    }

    void put(Writer& writer)
    {
        auto key = random_key();
        auto value = random_value();
        BOOST_REQUIRE(writer.put(key, value));
        content_[std::move(key)] = std::move(value);
    }

    void erase(Writer& writer)
    {
        auto const key = random_key();
        BOOST_REQUIRE(writer.erase(key).value() == (content_.erase(key) == 1));
    }

    void walk(Reader& reader)
    {
        auto const cursor = reader.cursor().value();
        auto const key = random_key();
        auto at = content_.lower_bound(key);
        bool stands = false;
        if (random_() % 2 == 0)
        {
            stands = cursor->seek(key).value();
            BOOST_REQUIRE(stands == (at != content_.end()));
        }
        else
        {
            stands = cursor->seek_before(key).value();
            BOOST_REQUIRE(stands == (at != content_.begin()));
            if (stands)
                --at;
        }
        for (auto steps = random_() % 5; stands && steps > 0; --steps)
        {
            BOOST_REQUIRE(cursor->key() == at->first);
            BOOST_REQUIRE(cursor->value() == at->second);
            if (random_() % 2 == 0)
            {
                stands = cursor->next().value();
                BOOST_REQUIRE(stands == (++at != content_.end()));
            }
            else
            {
                stands = cursor->previous().value();
                BOOST_REQUIRE(stands == (at != content_.begin()));
                if (stands)
                    --at;
            }
        }
    }

    std::mt19937 random_;
    std::size_t longest_key_;
    Content& content_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(engine_random)

BOOST_AUTO_TEST_CASE(any_transactions_come_to_what_they_do_to_a_map)
{
    auto const engine = make_engine();
    std::mt19937 random{seed(1)};
    Content committed;
    for (int i = 0; i < transactions; ++i)
    {
        auto const body_seed = static_cast<std::uint32_t>(random());
        bool const taken_back = random() % 4 == 0;
        Content content;
        auto const outcome = engine->write(
            [&](Writer& writer) -> result<void>
            {
                content = committed;
                RandomBody{body_seed, engine->max_key_size(), content}.run(writer);
                return taken_back ? result<void>{Error{ErrorCode::conflict, "taken back"}} : result<void>{};
            });
        BOOST_REQUIRE(outcome.has_value() != taken_back);
        if (!taken_back)
            committed = std::move(content);
        BOOST_REQUIRE(entries_of(*engine).value() == list_of(committed));
        auto const looked = engine->read(
            [&](Reader& reader) -> result<void>
            {
                RandomBody{body_seed + 1, engine->max_key_size(), committed}.look(reader);
                return {};
            });
        BOOST_REQUIRE(looked);
    }
}

BOOST_AUTO_TEST_SUITE_END()
