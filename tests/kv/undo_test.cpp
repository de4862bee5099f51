// A part of a transaction that fails leaves every key as it was, wherever in its middle it fails.
#include "kv_fixture.hpp"

namespace scimkit::kv
{
namespace
{

/// Fails one write of a transaction, once.
struct FailingEngine final : Engine
{
    struct FailingWriter final : Writer
    {
        FailingWriter(Writer& to, std::uint64_t& until)
            : inner(to)
            , writes_left(until)
        {
        }
        result<std::optional<std::string_view>> get(std::string_view key) override { return inner.get(key); }
        result<std::unique_ptr<Cursor>> cursor() override { return inner.cursor(); }
        result<void> put(std::string_view key, std::string_view value) override
        {
            return fails() ? result<void>{failure()} : inner.put(key, value);
        }
        result<bool> erase(std::string_view key) override
        {
            return fails() ? result<bool>{failure()} : inner.erase(key);
        }
        bool fails() { return writes_left != 0 && --writes_left == 0; }
        static Error failure() { return {ErrorCode::unavailable, "the test's own failure"}; }

        Writer& inner;
        std::uint64_t& writes_left;
    };

    explicit FailingEngine(std::shared_ptr<Engine> to)
        : inner(std::move(to))
    {
    }
    result<void> read(function_ref<result<void>(Reader&)> body) override { return inner->read(body); }
    result<void> write(function_ref<result<void>(Writer&)> body) override
    {
        return inner->write(
            [&](Writer& writer)
            {
                FailingWriter failing{writer, writes_left};
                return body(failing);
            });
    }
    std::size_t max_key_size() const noexcept override { return inner->max_key_size(); }
    bool durable() const noexcept override { return false; }

    std::shared_ptr<Engine> inner;
    std::uint64_t writes_left = 0; ///< until one fails; 0: none does
};

struct UndoFixture : test::KvFixture
{
    UndoFixture()
    {
        auto made = std::make_unique<FailingEngine>(engine);
        failing = made.get();
        store = make_store(std::move(made)).value();
        rules = UniqueKeyRules::make(*registry).value();
        attachment = store->attach(registry).value();
        insert(user_named("a", "ada"));
        insert(user_named("b", "bob"));
        insert(group_of("g", {"a", "b", "c"}));
    }

    Resource user_named(std::string_view id, std::string_view name) const
    {
        return make(user(), id, {{"userName", name}, {"displayName", name}, {"active", true}});
    }

    Resource group_of(std::string_view id, std::vector<std::string> const& values) const
    {
        json::array elements;
        for (std::string const& value : values)
            elements.emplace_back(json::object{{"value", value}});
        return make(group(), id, {{"displayName", id}, {"members", std::move(elements)}});
    }

    std::map<std::string, std::string> content()
    {
        std::map<std::string, std::string> entries;
        auto const read = engine->read(
            [&](Reader& reader) -> result<void>
            {
                auto cursor = reader.cursor().value();
                for (bool more = cursor->seek(std::string_view{"\0", 1}).value(); more; more = cursor->next().value())
                    entries.emplace(cursor->key(), cursor->value());
                return {};
            });
        BOOST_REQUIRE(read.has_value());
        return entries;
    }

    using Operation = std::function<result<void>(WriteTransaction&)>;

    template <class T>
    static result<void> outcome(result<T> const& of)
    {
        return of ? result<void>{} : result<void>{of.error()};
    }

    std::vector<std::pair<std::string, Operation>> operations()
    {
        return {{"insert of a user",
                 [this](WriteTransaction& t)
                 {
                     Resource added = user_named("n", "new");
                     return outcome(t.insert(added, rules->facts_of(added)));
                 }},
                {"insert of a group",
                 [this](WriteTransaction& t)
                 {
                     Resource added = group_of("h", {"x", "y", "X"});
                     return outcome(t.insert(added, rules->facts_of(added)));
                 }},
                {"replace of a user",
                 [this](WriteTransaction& t)
                 {
                     Resource const other = make(user(), "a", {{"userName", "other"}, {"title", "t"}});
                     return outcome(t.replace(other, {}, rules->facts_of(other), LargeAttributes::as_given, {}));
                 }},
                {"replace of a group",
                 [this](WriteTransaction& t)
                 {
                     Resource const other = group_of("g", {"b", "d"});
                     return outcome(t.replace(other, {}, rules->facts_of(other), LargeAttributes::as_given, {}));
                 }},
                {"remove of a user", [this](WriteTransaction& t) { return t.remove(user(), "a", {}); }},
                {"remove of a group", [this](WriteTransaction& t) { return t.remove(group(), "g", {}); }},
                {"adding of elements",
                 [this](WriteTransaction& t)
                 {
                     std::vector<json::object> const elements{{{"value", "b"}}, {{"value", "y"}}, {{"value", "z"}}};
                     return outcome(t.large_attributes()->add(group(), "g", members(), elements));
                 }},
                {"removal of elements",
                 [this](WriteTransaction& t)
                 {
                     std::vector<std::string> const values{"a", "c", "nobody"};
                     return outcome(t.large_attributes()->remove(group(), "g", members(), values));
                 }},
                {"replacing of elements", [this](WriteTransaction& t)
                 {
                     std::vector<json::object> const elements{{{"value", "b"}, {"display", "B"}}, {{"value", "y"}}};
                     return outcome(t.large_attributes()->replace(group(), "g", members(), elements));
                 }}};
    }

    FailingEngine* failing = nullptr;
};

BOOST_FIXTURE_TEST_SUITE(undo, UndoFixture)

BOOST_AUTO_TEST_CASE(an_operation_that_fails_at_any_of_its_writes_leaves_every_key_as_it_was)
{
    auto const before = content();
    for (auto const& [name, operation] : operations())
    {
        bool failed = true;
        for (std::uint64_t place = 1; failed && place < 100; ++place)
        {
            failing->writes_left = place;
            auto const done = write(
                [&](WriteTransaction& transaction) -> result<void>
                {
                    failed = !operation(transaction);
                    failing->writes_left = 0;
                    return failed ? result<void>{} : result<void>{Error{ErrorCode::conflict, "it went through"}};
                });
            BOOST_TEST(done.has_value() == failed);
            BOOST_REQUIRE_MESSAGE(content() == before, name << ", write " << place);
        }
        BOOST_TEST(!failed, name << " never went through");
    }
}

BOOST_AUTO_TEST_CASE(an_undone_savepoint_leaves_every_key_as_it_was)
{
    auto const before = content();
    auto const all = operations();
    for (auto const& [first_name, first] : all)
        for (auto const& [second_name, second] : all)
        {
            bool ran = false;
            auto const done = write(
                [&](WriteTransaction& transaction) -> result<void>
                {
                    auto const undone = transaction.savepoint(
                        [&]() -> result<void>
                        {
                            if (auto one = first(transaction); !one)
                                return one;
                            static_cast<void>(second(transaction)); // may be impossible after the first
                            ran = true;
                            return Error{ErrorCode::conflict, "undone"};
                        });
                    BOOST_TEST(!undone);
                    return {};
                });
            BOOST_REQUIRE_MESSAGE(done, done.error().detail);
            BOOST_TEST(ran);
            BOOST_REQUIRE_MESSAGE(content() == before, first_name << ", then " << second_name);
        }
}

BOOST_AUTO_TEST_CASE(what_a_part_wrote_and_the_next_part_undid_is_what_is_stored)
{
    for (std::size_t i = 0; i < operations().size(); ++i)
    {
        UndoFixture kept;
        BOOST_REQUIRE(kept.write(kept.operations()[i].second).has_value());
        UndoFixture mixed;
        auto const all = mixed.operations();
        auto const& [name, operation] = all[i];
        BOOST_REQUIRE(mixed
                          .write(
                              [&](WriteTransaction& transaction) -> result<void>
                              {
                                  if (auto done = operation(transaction); !done)
                                      return done;
                                  for (auto const& [other_name, other] : all)
                                      static_cast<void>(transaction.savepoint(
                                          [&]() -> result<void>
                                          {
                                              static_cast<void>(other(transaction));
                                              return Error{ErrorCode::conflict, "undone"};
                                          }));
                                  return {};
                              })
                          .has_value());
        BOOST_TEST((kept.content() == mixed.content()), name);
    }
}

BOOST_AUTO_TEST_CASE(an_undo_that_fails_fails_the_transaction)
{
    auto const before = content();
    auto const done = write(
        [&](WriteTransaction& transaction) -> result<void>
        {
            static_cast<void>(transaction.savepoint(
                [&]() -> result<void>
                {
                    Resource added = user_named("n", "new");
                    if (auto inserted = transaction.insert(added, rules->facts_of(added)); !inserted)
                        return inserted.error();
                    failing->writes_left = 1; // the next one, which is of the undo
                    return Error{ErrorCode::conflict, "undone"};
                }));
            return {};
        });
    BOOST_REQUIRE(!done);
    BOOST_TEST((done.error().code == ErrorCode::unavailable));
    BOOST_TEST((content() == before));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit::kv
