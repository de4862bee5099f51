// Every row of filter-cases.tsv through handle(), in strict and in tolerant mode, on every store: asked of a few users
// and groups. What a good filter finds is what the naive model says that its tree means; the tree is the table's, so
// that nothing of scimkit's own parser is in the answer.
#include <scimkit/core/text.hpp>
#include <scimkit/schema/registry.hpp>

#include "carriers.hpp"
#include "filter/case_table.hpp"
#include "model/custom_types.hpp"
#include "model/filter.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(filter_cases_of_a_service)

namespace
{

using filter_test::Case;

/// A tree of the table (cases-readme.md) as the plainest filter that has it, which the model can read.
class Plain
{
public:
    explicit Plain(std::string_view tree)
        : rest_(tree)
    {
    }

    std::string filter()
    {
        take('(');
        auto const op = std::string{word()};
        std::string text;
        if (op == "and" || op == "or")
        {
            auto const first = filter();
            text = "(" + first + " " + op + " " + filter() + ")";
        }
        else if (op == "not")
            text = "not (" + filter() + ")";
        else if (op == "valuePath")
        {
            auto const attribute = name();
            text = attribute + "[" + filter() + "]";
        }
        else if (op == "pr")
            text = name() + " pr";
        else
        {
            auto const attribute = name();
            text = attribute + " " + op + " " + literal();
        }
        take(')');
        return text;
    }

    /// `(path TARGET)` or `(path TARGET sub)`.
    std::string path()
    {
        take('(');
        word();
        auto text = rest_.starts_with("(valuePath") ? filter() : name();
        if (!rest_.starts_with(')'))
            text += "." + std::string{word()};
        return text;
    }

private:
    void skip_blanks()
    {
        while (rest_.starts_with(' '))
            rest_.remove_prefix(1);
    }

    void take(char c)
    {
        skip_blanks();
        BOOST_REQUIRE_MESSAGE(rest_.starts_with(c), "no tree of the table: " << rest_);
        rest_.remove_prefix(1);
        skip_blanks();
    }

    std::string_view word()
    {
        auto const taken = rest_.substr(0, rest_.find_first_of(" )"));
        rest_.remove_prefix(taken.size());
        skip_blanks();
        return taken;
    }

    std::string name()
    {
        if (!rest_.starts_with("(attr "))
            return std::string{word()};
        take('(');
        word();
        std::string text{word()};
        text += ":" + std::string{word()};
        if (!rest_.starts_with(')'))
            text += "." + std::string{word()};
        take(')');
        return text;
    }

    std::string literal()
    {
        if (!rest_.starts_with('"'))
            return std::string{word()};
        std::size_t end = 1;
        while (rest_[end] != '"')
            end += rest_[end] == '\\' ? 2 : 1;
        std::string text{rest_.substr(0, end + 1)};
        rest_.remove_prefix(end + 1);
        skip_blanks();
        return text;
    }

    std::string_view rest_;
};

json::object address(std::string_view type, std::string_view value, bool primary = false)
{
    json::object made{{"type", type}, {"value", value}};
    if (primary)
        made["primary"] = true;
    return made;
}

/// People and a group that differ in what the rows of the table ask for.
class Asked
{
public:
    Asked(Carrier& carrier, bool strict)
        : scim_(options(carrier, strict))
        , mode_(strict ? model::Mode::strict : model::Mode::tolerant)
        , types_(model::read_types(scim_.get("/Schemas").body, scim_.get("/ResourceTypes").body))
    {
        auto const ada = scim_.create("/Users", ada_lovelace());
        auto const bob =
            scim_.create("/Users", user("bob", {{"active", false},
                                                {"title", "AB"},
                                                {"userType", "Intern"},
                                                {"emails", json::array{address("work", "bob@example.com")}}}));
        scim_.create("/Users", user("jens", {{"title", "say \"hi\""},
                                             {"name", {{"familyName", "Jensen"}}},
                                             {"emails", json::array{address("home", "jens@x")}}}));
        scim_.create("/Users", user("zoe", {{"title", "\xC3\xA9"}, {"externalId", "1"}}));
        scim_.create("/Groups", group("team", {ada, bob}));
        for (model::Type const& type : types_)
        {
            Reply const listed = scim_.get(type.endpoint + "?count=100");
            for (json::value const& each : listed.body.at("Resources").as_array())
                all_.emplace_back(&type, each.as_object());
        }
        BOOST_REQUIRE(all_.size() == 5U);
    }

    void check(Case const& row) const
    {
        if (!row.kind.starts_with("filter"))
            return check_path(row);
        bool const is_good = row.kind == "filter-ok" && (mode_ == model::Mode::tolerant || row.tag != "lenient");
        bool const is_put_up_with = mode_ == model::Mode::tolerant && row.input == "active eq \"true\"";
        bool const is_beyond_the_store =
            is_good && row.input == R"(title eq "\u0000")" && !scim_.store->traits().null_characters;
        if (is_good && !is_beyond_the_store)
            check_good(row, as_read(Plain{row.expect}.filter()));
        else if (is_put_up_with)
            check_good(row, row.input);
        else
        {
            check_refused(row, "/Users");
            if (row.tag != "schema") // at the root what no type has is without a value
                check_refused(row, "");
        }
    }

private:
    static json::object ada_lovelace()
    {
        return {{"schemas", json::array{urn::user, urn::enterprise_user}},
                {"userName", "ada"},
                {"externalId", "701984"},
                {"active", true},
                {"title", "a b  c"},
                {"userType", "Employee"},
                {"nickName", "Ada"},
                {"name", {{"givenName", "Ada"}, {"familyName", "O'Brien"}}},
                {"emails", json::array{address("work", "ada@example.com", true), address("home", "ada@x")}},
                {"ims", json::array{address("xmpp", "ada")}},
                {urn::enterprise_user,
                 json::object{{"department", "R&D"}, {"employeeNumber", "1"}, {"manager", {{"value", "26118915"}}}}}};
    }

    /// An old spelling of attributes of extensions, with a dot, which the default tolerance takes.
    std::string as_read(std::string plain) const
    {
        if (auto const at = plain.find(":User.department"); at != std::string::npos && mode_ == model::Mode::tolerant)
            plain[at + 5] = ':';
        return plain;
    }

    static ServiceOptions options(Carrier& carrier, bool strict)
    {
        ServiceOptions options{.tolerance = strict ? Tolerance::strict() : Tolerance{}};
        options.limits.max_target_bytes = std::size_t{1} << 20; // the table has long filters
        options.dry_run_header = true;
        options.registry = carrier.registry;
        carrier.put_into(options);
        return options;
    }

    /// Every byte but the plainest, so that what arrives is what the row has.
    static std::string encoded(std::string_view text)
    {
        constexpr std::string_view digits = "0123456789ABCDEF";
        std::string target;
        for (char const c : text)
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '(' || c == ')')
                target += c;
            else
            {
                target += '%';
                target += digits[static_cast<unsigned char>(c) >> 4U];
                target += digits[static_cast<unsigned char>(c) & 15U];
            }
        return target;
    }

    Reply get(std::string const& endpoint, std::string_view filter) const
    {
        return scim_.send_raw("GET", "/v2" + endpoint + "?count=100&filter=" + encoded(filter));
    }

    Reply search(std::string const& endpoint, std::string_view filter) const
    {
        return scim_.post(endpoint + "/.search",
                          {{"schemas", json::array{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
                           {"count", 100},
                           {"filter", filter}});
    }

    static std::set<std::string> ids_of(Reply const& reply)
    {
        std::set<std::string> ids;
        if (auto const* const found = reply.find("/Resources"))
            for (json::value const& each : found->as_array())
                ids.emplace(each.at("id").as_string());
        return ids;
    }

    /// What the model says, on one endpoint or with null at the root.
    void check_good(Case const& row, std::string const& plain) const
    {
        for (model::Type const* const only :
             {model::find_type(types_, "User"), static_cast<model::Type const*>(nullptr)})
        {
            std::string const endpoint = only ? only->endpoint : "";
            for (bool const in_body : {false, true})
            {
                Reply const reply = in_body ? search(endpoint, row.input) : get(endpoint, row.input);
                BOOST_TEST_CONTEXT((in_body ? "POST " : "GET ") << endpoint << " " << reply.response.body)
                {
                    try
                    {
                        auto const expected = found_by(plain, only, in_body);
                        BOOST_TEST(reply.status == 200);
                        BOOST_TEST((ids_of(reply) == expected));
                    }
                    catch (model::Refusal const& refusal)
                    {
                        BOOST_TEST(reply.status == refusal.status);
                        BOOST_TEST(reply.scim_type() == refusal.scim_type);
                    }
                }
            }
        }
    }

    std::set<std::string> found_by(std::string const& plain, model::Type const* only, bool in_body) const
    {
        std::set<std::string> ids;
        auto const secret = in_body ? model::Secret::invalid : model::Secret::forbidden;
        for (model::Type const& type : types_)
            if (!only || only == &type)
            {
                auto const filter = model::parse_filter(plain, type, mode_, secret, only == nullptr);
                for (auto const& [of, view] : all_)
                    if (of == &type && model::matches(filter, view))
                        ids.emplace(view.at("id").as_string());
            }
        return ids;
    }

    void check_refused(Case const& row, std::string const& endpoint) const
    {
        bool const is_secret = row.input.starts_with("password "); // refused in a URI by another name
        std::string const expected = row.kind == "filter-bad" ? row.expect : "invalidFilter";
        bool const is_whole = is_valid_utf8(row.input); // otherwise the target is refused, and nobody sees a filter
        Reply const by_get = get(endpoint, row.input);
        BOOST_TEST_CONTEXT("GET " << endpoint << " " << by_get.response.body)
        {
            BOOST_TEST(by_get.status == (is_secret ? 403 : 400));
            BOOST_TEST(by_get.scim_type() == (is_secret ? "sensitive" : is_whole ? expected : std::string{}));
        }
        if (!is_valid_utf8(row.input))
            return; // then it is the body that is refused
        Reply const by_post = search(endpoint, row.input);
        BOOST_TEST_CONTEXT("POST " << endpoint << " " << by_post.response.body)
        {
            BOOST_TEST(by_post.status == 400);
            BOOST_TEST(by_post.scim_type() == expected);
        }
    }

    /// A path is asked for by a PATCH that is not carried out: it is refused as the table has it, or for another reason
    /// than its path.
    void check_path(Case const& row) const
    {
        if (!is_valid_utf8(row.input))
            return;
        auto const id = std::string{all_.front().second.at("id").as_string()};
        Reply const reply =
            scim_.patch(all_.front().first->endpoint + "/" + id, patch_op({{{"op", "remove"}, {"path", row.input}}}),
                        {{"SCIM-Dry-Run", "true"}});
        BOOST_TEST_CONTEXT(reply.response.body)
        {
            bool const is_good = row.kind == "path-ok" && (mode_ == model::Mode::tolerant || row.tag != "lenient");
            if (!is_good)
            {
                BOOST_TEST(reply.status == 400);
                if (row.kind == "path-bad")
                    BOOST_TEST(reply.scim_type() == row.expect);
                return;
            }
            try
            {
                model::parse_path(as_read(Plain{row.expect}.path()), *all_.front().first, mode_);
                BOOST_TEST(reply.scim_type() != "invalidPath");
                BOOST_TEST(reply.scim_type() != "invalidFilter");
            }
            catch (model::Refusal const& refusal)
            {
                BOOST_TEST(reply.status == refusal.status);
                BOOST_TEST(reply.scim_type() == refusal.scim_type);
            }
        }
    }

    ServiceFixture scim_;
    model::Mode mode_;
    model::Types types_;
    std::vector<std::pair<model::Type const*, json::object>> all_;
};

void check_all(Carrier& carrier, bool strict)
{
    Asked const asked{carrier, strict};
    for (Case const& row : filter_test::read_cases())
        BOOST_TEST_CONTEXT(carrier.name << (strict ? ", strict, line " : ", tolerant, line ") << row.line << ": "
                                        << row.kind << " " << row.source)
        {
            asked.check(row);
        }
}

} // namespace

BOOST_AUTO_TEST_CASE(every_filter_finds_what_its_tree_means_or_is_refused_on_every_store)
{
    for (bool const strict : {true, false})
        for (Carrier& carrier : whole_carriers())
            check_all(carrier, strict);
}

#ifdef SCIMKIT_TEST_CUSTOM_STORE
BOOST_AUTO_TEST_CASE(every_filter_finds_what_its_tree_means_or_is_refused_over_an_applications_own_tables)
{
    if (!is_everywhere())
        return;
    for (bool const strict : {true, false})
    {
        Carrier carrier = custom_carrier(SchemaRegistry::Builder{}.add_rfc7643().build().value());
        check_all(carrier, strict);
    }
}
#endif

BOOST_AUTO_TEST_SUITE_END()
