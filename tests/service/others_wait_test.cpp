// A Bulk that has the store to itself does much in one commit, and ends it soon where somebody waits.
#include <scimkit/memory/memory_store.hpp>

#include "support/all_stores.hpp"
#include "support/bulk.hpp"
#include "support/commits.hpp"
#include "support/service_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(others_wait)

namespace
{

/// Does something before each resource is stored, and may say by itself how many wait.
class Watched final : public Commits
{
public:
    using Commits::Commits;

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        return Commits::write(attachment, tenant, context,
                              [&](WriteTransaction& inner)
                              {
                                  Transaction transaction{inner, *this};
                                  return body(transaction);
                              });
    }

    std::function<void(WriteTransaction const&)> before_insert;
    std::optional<std::size_t> others{}; ///< nothing: as the store behind it says

private:
    class Transaction final : public ForwardingWriteTransaction
    {
    public:
        Transaction(WriteTransaction& inner, Watched const& of)
            : ForwardingWriteTransaction(inner)
            , of_(of)
        {
        }
        result<Version> insert(Resource& resource, Facts const& facts) override
        {
            of_.before_insert(*this);
            return ForwardingWriteTransaction::insert(resource, facts);
        }
        std::size_t others_waiting() const noexcept override
        {
            return of_.others ? *of_.others : ForwardingWriteTransaction::others_waiting();
        }

    private:
        Watched const& of_;
    };
};

/// Somebody else begins when the first resource is to be stored, which it is once the store has said that he waits, or
/// once he is done, where he need not wait.
struct Other
{
    void wait_for_him(WriteTransaction const& transaction)
    {
        if (!runs.joinable())
        {
            runs = std::jthread{[this]
                                {
                                    begin();
                                    done = true;
                                }};
            std::this_thread::sleep_for(at_least);
        }
        auto const end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (!heard && !done && std::chrono::steady_clock::now() < end)
        {
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
            heard = transaction.others_waiting() != 0;
        }
    }

    std::function<void()> begin;
    std::chrono::milliseconds at_least{0}; ///< that the first resource takes
    bool heard = false;
    std::atomic<bool> done{false};
    std::jthread runs{};
};

std::shared_ptr<Watched> watched(std::shared_ptr<ResourceStore> store, Other& other)
{
    auto made = std::make_shared<Watched>(std::move(store));
    made->before_insert = [&other](WriteTransaction const& transaction) { other.wait_for_him(transaction); };
    return made;
}

int commits_of_a_bulk(std::size_t others)
{
    auto const store = std::make_shared<Watched>(memory::make_store());
    store->before_insert = [](WriteTransaction const&) { std::this_thread::sleep_for(std::chrono::milliseconds{150}); };
    store->others = others;
    ServiceOptions options{.store = store};
    options.limits.max_bulk_time_as_writer = std::chrono::seconds{10}; // far beyond what this takes
    options.limits.max_bulk_work_as_writer = options.limits.max_work;
    ServiceFixture const scim{options};
    json::array operations;
    for (int i = 0; i < 10; ++i)
        operations.push_back(bulk_post("/Users", "b" + std::to_string(i), user("user" + std::to_string(i))));
    Reply const reply = scim.post("/Bulk", bulk(operations));
    BOOST_TEST(reply.size("/Operations") == 10);
    for (int i = 0; i < 10; ++i)
        BOOST_TEST(reply.text("/Operations/" + std::to_string(i) + "/status") == "201");
    return store->count;
}

} // namespace

BOOST_AUTO_TEST_CASE(nobody_waits_and_a_bulk_is_one_commit) { BOOST_TEST(commits_of_a_bulk(0) == 1); }

BOOST_AUTO_TEST_CASE(a_bulk_that_others_wait_for_lets_them_write_in_between)
{
    int const commits = commits_of_a_bulk(1);
    BOOST_TEST(commits >= 2); // a tenth of the time is what the first seven take
    BOOST_TEST(commits < 10);
}

BOOST_AUTO_TEST_CASE(stores_with_one_writer_say_who_waits_for_it_and_others_let_him_write)
{
    for (NamedStore const& named : all_stores())
        BOOST_TEST_CONTEXT(named)
        {
            auto const inner = named.make();
            Other waits;
            ServiceFixture const other{ServiceOptions{.store = inner}};
            ServiceFixture const scim{ServiceOptions{.store = watched(inner, waits)}};
            int status = 0;
            waits.begin = [&] { status = other.post("/Groups", group("G")).status; };
            BOOST_TEST(scim.post("/Users", user("ada")).status == 201);
            waits.runs.join();
            BOOST_TEST(status == 201);
            BOOST_TEST(waits.heard == named.one_writer);
        }
}

BOOST_AUTO_TEST_CASE(a_bulk_leaves_room_for_others_and_not_for_other_bulks)
{
    for (bool const other_is_bulk : {false, true})
        BOOST_TEST_CONTEXT(other_is_bulk)
        {
            auto const inner = memory::make_store();
            Other waits;
            auto const store = watched(inner, waits);
            waits.at_least = std::chrono::milliseconds{600}; // more than a tenth of what follows
            ServiceFixture const other{ServiceOptions{.store = inner}};
            ServiceOptions options{.store = store};
            options.limits.max_bulk_time_as_writer = std::chrono::seconds{5};
            ServiceFixture const scim{options};
            int status = 0;
            waits.begin = [&]
            {
                auto const reply = other_is_bulk ? other.post("/Bulk", bulk({bulk_post("/Groups", "o", group("G"))}))
                                                 : other.post("/Groups", group("G"));
                status = reply.status;
            };
            json::array operations;
            for (int i = 0; i < 5; ++i)
                operations.push_back(bulk_post("/Users", "b" + std::to_string(i), user("user" + std::to_string(i))));
            BOOST_TEST(scim.post("/Bulk", bulk(operations)).size("/Operations") == 5);
            waits.runs.join();
            BOOST_TEST(waits.heard);
            BOOST_TEST(status == (other_is_bulk ? 200 : 201));
            BOOST_TEST(store->count == (other_is_bulk ? 1 : 2));
        }
}

BOOST_AUTO_TEST_SUITE_END()
