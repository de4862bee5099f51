// A database with pages of all kinds, whose file a test can take, change and put back.
#pragma once

#include "kv/engine_access.hpp"
#include "lmdb_fixture.hpp"

#include <fstream>
#include <iterator>
#include <random>

namespace scimkit::test
{

/// Numbers of one sequence for each seed.
class Dice
{
public:
    explicit Dice(unsigned seed)
        : engine_(seed)
    {
    }
    unsigned operator()() { return static_cast<unsigned>(engine_()); }

private:
    std::mt19937 engine_;
};

struct DamageFixture : LmdbFixture
{
    DamageFixture() { options.fsync = false; }

    std::filesystem::path data() const { return directory / "data.mdb"; }

    std::string content() const
    {
        std::ifstream file{data(), std::ios::binary};
        return {std::istreambuf_iterator<char>(file), {}};
    }

    void set_content(std::string_view bytes) const
    {
        std::ofstream(data(), std::ios::binary | std::ios::trunc) << bytes;
    }

    /// Some hundred pages of all kinds: branches, leaves, long values, free ones.
    void fill(unsigned seed) const
    {
        Dice random{seed};
        auto const engine = open();
        for (unsigned round = 0; round < 12; ++round)
            BOOST_REQUIRE(engine->write(
                [&](kv::Writer& writer) -> result<void>
                {
                    for (unsigned i = 0; i < 60; ++i)
                    {
                        auto const key = numbered(std::string(random() % 300, 'k'), random() % 1'000);
                        std::size_t const size = random() % 40 == 0 ? random() % 30'000 : random() % 300;
                        if (random() % 4 == 0)
                            (void)writer.erase(key);
                        else if (auto put = writer.put(key, std::string(size, 'v')); !put)
                            return put;
                    }
                    return {};
                }));
    }

    /// Keys, and how long their values are: what is in the values is for the store's checksums to judge.
    static std::vector<std::pair<std::string, std::size_t>> shape_of(Entries const& entries)
    {
        std::vector<std::pair<std::string, std::size_t>> shape;
        for (auto const& [key, value] : entries)
            shape.emplace_back(key, value.size());
        return shape;
    }

    /// True when it was refused. Fails the test when it was not and the content has another shape.
    bool refused(Entries const& sound, std::string const& what)
    {
        auto const engine = lmdb::open_engine(directory, options);
        if (!engine)
        {
            BOOST_TEST((engine.error().code == ErrorCode::corrupt), engine.error().detail);
            return true;
        }
        BOOST_TEST((shape_of(entries_of(**engine).value()) == shape_of(sound)), what);
        return false;
    }
};

} // namespace scimkit::test
