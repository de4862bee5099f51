// What a filter finds (RFC 7644 section 3.4.2.2).

#include <scimkit/filter/evaluate.hpp>

#include "probe.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(filter_evaluate)

namespace
{

using namespace scimkit;
using boost::unit_test::label;
using filter_test::Probe;
using filter_test::probe;

Probe const& empty()
{
    static Probe const resource;
    return resource;
}

} // namespace

BOOST_AUTO_TEST_CASE(eq_and_ne_compare_the_whole_value, *label("7644-3.4.2.2-g") * label("7644-3.4.2.2-h"))
{
    Probe const ada = probe(R"({"text": "ada"})");
    BOOST_TEST(ada.matches("text eq \"ada\""));
    BOOST_TEST(!ada.matches("text eq \"adam\""));
    BOOST_TEST(!ada.matches("text eq \"ad\""));
    BOOST_TEST(!ada.matches("text ne \"ada\""));
    BOOST_TEST(ada.matches("text ne \"adam\""));
}

BOOST_AUTO_TEST_CASE(ne_matches_what_has_no_value, *label("7644-3.4.2.2-i"))
{
    BOOST_TEST(empty().matches("text ne \"x\""));
    BOOST_TEST(empty().matches("count ne 5"));
    BOOST_TEST(empty().matches("flag ne true"));
    BOOST_TEST(empty().matches("parts.type ne \"x\""));
    BOOST_TEST(probe(R"({"text": null, "tags": []})").matches("text ne \"x\" and tags ne \"x\""));
    BOOST_TEST(!empty().matches("text eq \"x\" or text co \"\" or text gt \"\" or count lt 5 or flag eq false"));
}

BOOST_AUTO_TEST_CASE(substrings_are_found_at_their_place,
                     *label("7644-3.4.2.2-k") * label("7644-3.4.2.2-l") * label("7644-3.4.2.2-m"))
{
    Probe const brenada = probe(R"({"exact": "brenada"})");
    BOOST_TEST(brenada.matches("exact co \"ena\""));
    BOOST_TEST(brenada.matches("exact co \"brenada\""));
    BOOST_TEST(!brenada.matches("exact co \"enada!\""));
    BOOST_TEST(brenada.matches("exact sw \"bren\""));
    BOOST_TEST(brenada.matches("exact sw \"brenada\""));
    BOOST_TEST(!brenada.matches("exact sw \"ren\""));
    BOOST_TEST(!brenada.matches("exact sw \"brenadas\""));
    BOOST_TEST(brenada.matches("exact ew \"ada\""));
    BOOST_TEST(brenada.matches("exact ew \"brenada\""));
    BOOST_TEST(!brenada.matches("exact ew \"ad\""));
    BOOST_TEST(!brenada.matches("exact ew \"abrenada\""));
}

BOOST_AUTO_TEST_CASE(an_empty_substring_is_in_every_value, *label("7644-3.4.2.2-n"))
{
    for (std::string_view const filter : {"text co \"\"", "text sw \"\"", "text ew \"\""})
    {
        BOOST_TEST(probe(R"({"text": "x"})").matches(filter));
        BOOST_TEST(!empty().matches(filter));
    }
}

BOOST_AUTO_TEST_CASE(long_substrings_are_found_too)
{
    std::string const run(300, 'a');
    Probe const resource{.attributes = {{"exact", run + "b" + run}, {"text", "<" + run + "B>"}}};
    BOOST_TEST(resource.matches("exact co \"" + run + "b\""));
    BOOST_TEST(resource.matches("exact co \"b" + run + "\""));
    BOOST_TEST(!resource.matches("exact co \"" + run + "a\""));
    BOOST_TEST(!resource.matches("exact co \"" + run + "bb\""));
    BOOST_TEST(resource.matches("text co \"" + std::string(40, 'A') + "b\""));
    BOOST_TEST(!resource.matches("text co \"" + std::string(40, 'A') + "c\""));
}

BOOST_AUTO_TEST_CASE(strings_are_ordered_by_their_characters, *label("7644-3.4.2.2-p"))
{
    Probe const resource = probe(R"({"text": "m", "exact": "m"})");
    BOOST_TEST(resource.matches("text gt \"l\" and text ge \"m\" and text le \"m\" and text lt \"ma\""));
    BOOST_TEST(!resource.matches("text gt \"m\" or text lt \"m\" or text ge \"n\" or text le \"\""));
    BOOST_TEST(resource.matches("exact gt \"Z\"")); // by code point, capitals come first
    BOOST_TEST(!resource.matches("text gt \"Z\"")); // without case they do not
    BOOST_TEST(resource.matches("text lt \"é\""));
}

BOOST_AUTO_TEST_CASE(case_matters_only_where_the_schema_says_so, *label("7644-3.4.2.2-bb") * label("7644-3.4.2.2-bc"))
{
    Probe const resource = probe(R"({"text": "Ada Lovelace", "exact": "Ada Lovelace"})");
    for (std::string_view const filter :
         {"eq \"aDA LOVELACE\"", "sw \"aDA\"", "co \"A L\"", "ew \"LACE\"", "ge \"ADA LOVELACE\""})
    {
        BOOST_TEST(resource.matches("text " + std::string{filter}), filter);
    }
    for (std::string_view const filter :
         {"eq \"aDA LOVELACE\"", "sw \"aDA\"", "co \"A L\"", "ew \"LACE\"", "lt \"ADA LOVELACE\""})
    {
        BOOST_TEST(!resource.matches("exact " + std::string{filter}), filter);
    }
    BOOST_TEST(resource.matches("id eq \"Probe-1\""));
    BOOST_TEST(!resource.matches("id eq \"PROBE-1\""));
    BOOST_TEST(!probe(R"({"externalId": "a"})").matches("externalId eq \"A\""));
}

BOOST_AUTO_TEST_CASE(text_beyond_ascii_is_in_lower_case_and_normalised)
{
    Probe const resource = probe("{\"text\": \"STRA\\u1e9eE \\u00c9\", \"exact\": \"e\\u0301\"}");
    BOOST_TEST(resource.matches("text eq \"straße é\""));
    BOOST_TEST(!resource.matches("text eq \"strasse é\""));
    BOOST_TEST(resource.matches("text eq \"straße e\\u0301\""));
    BOOST_TEST(resource.matches("text ew \"\\u00e9\""));
    BOOST_TEST(resource.matches("exact eq \"\\u00e9\""));
    BOOST_TEST(!resource.matches("exact eq \"\\u00c9\""));
    BOOST_TEST(probe("{\"text\": \"\\u212a\"}").matches("text eq \"k\"")); // the Kelvin sign
}

BOOST_AUTO_TEST_CASE(date_times_compare_as_instants, *label("7644-3.4.2.2-q") * label("7644-3.4.2.2-r"))
{
    Probe const resource = probe(R"({"when": "2020-01-01T00:00:00.5+02:00"})");
    BOOST_TEST(resource.matches("when eq \"2019-12-31T22:00:00.500Z\""));
    BOOST_TEST(resource.matches("when ne \"2020-01-01T00:00:00.5Z\""));
    BOOST_TEST(resource.matches("when lt \"2019-12-31T23:00:00Z\" and when gt \"2019-12-31T22:00:00Z\""));
    BOOST_TEST(resource.matches("when ge \"2019-12-31T22:00:00.5Z\" and when le \"2019-12-31T22:00:00.5Z\""));
    BOOST_TEST(!resource.matches("when gt \"2019-12-31T22:00:00.5Z\" or when lt \"2019-12-31T22:00:00.5Z\""));
}

BOOST_AUTO_TEST_CASE(numbers_compare_by_value, *label("7644-3.4.2.2-s") * label("7644-3.4.2.2-aa"))
{
    Probe const resource = probe(R"({"count": 10, "ratio": 1.5})");
    BOOST_TEST(resource.matches("count gt 9 and count ge 10.0 and count le 1e1 and count eq 10 and count ne 11"));
    BOOST_TEST(resource.matches("ratio eq 1.50 and ratio gt 1 and ratio lt 2"));
    BOOST_TEST(!resource.matches("count eq 10.5"));
    BOOST_TEST(resource.matches("count lt 10.5"));
    BOOST_TEST(resource.matches("ratio lt 1e400 and ratio gt -1e400 and ratio ne 1e400"));
    BOOST_TEST(!probe(R"({"count": 9007199254740992})").matches("count eq 9007199254740993"));
    BOOST_TEST(probe(R"({"count": 18446744073709551615})").matches("count gt 18446744073709551614"));
}

BOOST_AUTO_TEST_CASE(booleans_compare)
{
    Probe const resource = probe(R"({"flag": false})");
    BOOST_TEST(resource.matches("flag eq false and flag ne true"));
    BOOST_TEST(!resource.matches("flag eq true or flag ne false"));
}

BOOST_AUTO_TEST_CASE(binary_compares_with_case)
{
    BOOST_TEST(probe(R"({"blob": "TQ=="})").matches("blob eq \"TQ==\""));
    BOOST_TEST(probe(R"({"blob": "TQ=="})").matches("blob ne \"tq==\""));
}

BOOST_AUTO_TEST_CASE(presence_wants_something, *label("7644-3.4.2.2-o"))
{
    Probe const full = probe(R"({"text": "x", "flag": false, "count": 0, "tags": ["", "x"], "part": {"type": "x"},
                                 "parts": [{}, {"type": "x"}]})");
    Probe const hollow = probe(R"({"text": "", "flag": null, "tags": [""], "part": {"type": ""}, "parts": [{}]})");
    for (std::string_view const name : {"text", "flag", "count", "tags", "part", "part.type", "parts", "parts.type"})
    {
        BOOST_TEST(full.matches(std::string{name} + " pr"), name);
        BOOST_TEST(!hollow.matches(std::string{name} + " pr"), name);
        BOOST_TEST(!empty().matches(std::string{name} + " pr"), name);
    }
}

BOOST_AUTO_TEST_CASE(null_asks_for_presence, *label("7644-3.4.2.2-x"))
{
    Probe const full = probe(R"({"text": "x", "parts": [{}, {"type": "x"}], "part": {"type": "x"}, "tags": ["x"]})");
    Probe const hollow = probe(R"({"text": "", "parts": [{}], "part": {}, "tags": []})");
    for (std::string_view const name : {"text", "parts", "parts.type", "part", "tags"})
    {
        std::string const attribute{name};
        for (std::string_view const op : {"eq", "ne"})
        {
            std::string const filter = attribute + ' ' + std::string{op} + " null";
            BOOST_TEST(full.matches(filter) == (op == "ne"), filter);
            BOOST_TEST(hollow.matches(filter) == (op == "eq"), filter);
            BOOST_TEST(empty().matches(filter) == (op == "eq"), filter);
        }
    }
}

BOOST_AUTO_TEST_CASE(logic_is_logic, *label("7644-3.4.2.2-ab") * label("7644-3.4.2.2-ac") * label("7644-3.4.2.2-ad"))
{
    Probe const resource = probe(R"({"text": "x"})");
    BOOST_TEST(resource.matches("text pr and id pr"));
    BOOST_TEST(!resource.matches("text pr and count pr"));
    BOOST_TEST(resource.matches("count pr or text pr"));
    BOOST_TEST(!resource.matches("count pr or flag pr"));
    BOOST_TEST(resource.matches("not (count pr)"));
    BOOST_TEST(!resource.matches("not (text pr)"));
}

BOOST_AUTO_TEST_CASE(any_value_of_several_suffices, *label("7644-3.4.2.2-at") * label("7644-3.4.2.2-j"))
{
    Probe const resource =
        probe(R"({"parts": [{"type": "work"}, {"type": "home"}], "tags": ["a", "b"], "marks": [1, 5]})");
    BOOST_TEST(resource.matches("parts.type eq \"home\" and tags eq \"b\" and marks gt 4"));
    BOOST_TEST(resource.matches("parts.type ne \"work\" and tags ne \"a\" and marks ne 1"));
    BOOST_TEST(!resource.matches("not (parts.type eq \"work\")"));
    BOOST_TEST(!probe(R"({"tags": ["a", "A"]})").matches("tags ne \"a\""));
}

BOOST_AUTO_TEST_CASE(brackets_speak_of_one_element, *label("7644-3.4.2.2-ai") * label("7644-3.4.2.2-aw"))
{
    Probe const resource = probe(R"({"parts": [{"type": "work", "value": "a@y"}, {"type": "home", "value": "a@x"}]})");
    BOOST_TEST(!resource.matches("parts[type eq \"work\" and value co \"@x\"]"));
    BOOST_TEST(resource.matches("parts[type eq \"work\" and value co \"@y\"]"));
    BOOST_TEST(resource.matches("parts.type eq \"work\" and parts.value co \"@x\""));
    BOOST_TEST(resource.matches("parts[not (type eq \"work\") and value pr]"));
    BOOST_TEST(!empty().matches("parts[not (type eq \"work\")]"));
    BOOST_TEST(!probe(R"({"parts": []})").matches("parts[type ne \"work\"]"));
}

BOOST_AUTO_TEST_CASE(brackets_test_the_one_value_of_a_single_attribute)
{
    Probe const resource = probe(R"({"part": {"type": "work"}})");
    BOOST_TEST(resource.matches("part[type eq \"WORK\" and value eq null]"));
    BOOST_TEST(!resource.matches("part[type eq \"home\"]"));
    BOOST_TEST(!empty().matches("part[type ne \"home\"]"));
}

BOOST_AUTO_TEST_CASE(brackets_test_simple_elements_by_value)
{
    Probe const resource = probe(R"({"marks": [1, 5], "tags": ["Red"]})");
    BOOST_TEST(resource.matches("marks[value gt 4]"));
    BOOST_TEST(!resource.matches("marks[value gt 1 and value lt 5]"));
    BOOST_TEST(resource.matches("tags[value eq \"red\"]"));
}

BOOST_AUTO_TEST_CASE(an_absent_primary_is_false, *label("7644-3.4.2.2-bi") * label("7643-2.4-f"))
{
    Probe const resource = probe(R"({"parts": [{"type": "a"}, {"type": "b", "primary": true}]})");
    BOOST_TEST(resource.matches("parts[type eq \"a\" and primary eq false]"));
    BOOST_TEST(resource.matches("parts[type eq \"a\" and primary ne true]"));
    BOOST_TEST(!resource.matches("parts[type eq \"b\" and primary eq false]"));
    BOOST_TEST(!resource.matches("parts[type eq \"a\" and primary ne false]"));
    BOOST_TEST(resource.matches("parts.primary eq false and parts.primary eq true"));
    BOOST_TEST(!resource.matches("parts[type eq \"a\" and primary pr]"));
    BOOST_TEST(!empty().matches("parts.primary eq false"));
}

BOOST_AUTO_TEST_CASE(extension_attributes_are_found_under_their_urn)
{
    Probe const resource =
        probe(R"({"urn:example:params:scim:schemas:extension:2.0:Probe": {"badge": "7", "boss": {"value": "b"}}})");
    BOOST_TEST(resource.matches("urn:example:params:scim:schemas:extension:2.0:Probe:badge eq \"7\""));
    BOOST_TEST(resource.matches("urn:example:params:scim:schemas:extension:2.0:Probe:boss.value eq \"b\""));
    BOOST_TEST(resource.matches("urn:example:params:scim:schemas:extension:2.0:Probe:boss[value eq \"b\"]"));
    BOOST_TEST(!empty().matches("urn:example:params:scim:schemas:extension:2.0:Probe:badge pr"));
    BOOST_TEST(empty().matches("urn:example:params:scim:schemas:extension:2.0:Probe:badge ne \"7\""));
}

BOOST_AUTO_TEST_CASE(schemas_are_those_in_use, *label("7644-3.4.2.2-bd"))
{
    std::string const with_extension = "schemas eq \"urn:example:params:scim:schemas:extension:2.0:Probe\"";
    Probe const extended = probe(R"({"urn:example:params:scim:schemas:extension:2.0:Probe": {"badge": "7"}})");
    Probe const hollow = probe(R"({"urn:example:params:scim:schemas:extension:2.0:Probe": {}})");
    BOOST_TEST(extended.matches(with_extension));
    BOOST_TEST(!hollow.matches(with_extension));
    BOOST_TEST(!empty().matches(with_extension));
    BOOST_TEST(empty().matches("schemas eq \"urn:example:params:scim:schemas:core:2.0:Probe\" and schemas pr"));
    BOOST_TEST(extended.matches("schemas[value co \":extension:\"]"));
    BOOST_TEST(!empty().matches("schemas[value co \":extension:\"]"));
}

BOOST_AUTO_TEST_CASE(meta_comes_from_the_record, *label("7644-3.4.2.2-q"))
{
    BOOST_TEST(empty().matches("meta.resourceType eq \"Probe\" and meta pr"));
    BOOST_TEST(!empty().matches("meta.resourceType eq \"User\""));
    BOOST_TEST(empty().matches("meta.version eq \"W/\\\"5\\\"\""));
    BOOST_TEST(empty().matches("meta.location eq \"https://example.com/v2/Probes/Probe-1\""));
    BOOST_TEST(empty().matches("meta.lastModified lt \"2019-12-31T23:00:00Z\""));
    BOOST_TEST(empty().matches("meta.created eq \"2020-01-01T01:00:00+01:00\" and meta.created pr"));
    BOOST_TEST(empty().matches("meta[resourceType eq \"Probe\" and created gt \"2019-12-31T23:59:59Z\"]"));
    BOOST_TEST(empty().matches("meta[version eq \"W/\\\"5\\\"\" and location pr]"));
    Probe const bare{.version = 0, .location = ""};
    BOOST_TEST(bare.matches("meta.version eq null and meta.location eq null and meta.version ne \"x\""));
    BOOST_TEST(bare.matches("meta[version eq null and location eq null]"));
}

BOOST_AUTO_TEST_CASE(resource_uris_are_equal_with_and_without_version,
                     *label("7644-3.4.2.2-bh") * label("7643-2.4-j") * label("7643-2.3.7-b"))
{
    Probe const resource = probe(R"({"parts": [{"$ref": "https://example.com/scim/v2/Users/1"}]})");
    for (std::string_view const same : {"https://example.com/scim/v2/Users/1", "https://example.com/scim/Users/1",
                                        "../Users/1", "Users/1", "/v2/Users/1", "/Users/1"})
    {
        BOOST_TEST(resource.matches("parts[$ref eq \"" + std::string{same} + "\"]"), same);
        BOOST_TEST(!resource.matches("parts.$ref ne \"" + std::string{same} + "\""), same);
    }
    for (std::string_view const other :
         {"https://example.com/scim/v2/Users/2", "https://example.com/scim/v2/Groups/1",
          "https://example.org/scim/v2/Users/1", "https://example.com/Users/1", "https://Users/1", "1", "/1", ""})
    {
        BOOST_TEST(!resource.matches("parts[$ref eq \"" + std::string{other} + "\"]"), other);
        BOOST_TEST(resource.matches("parts.$ref ne \"" + std::string{other} + "\""), other);
    }
}

BOOST_AUTO_TEST_CASE(external_references_are_plain_text)
{
    Probe const resource = probe(R"({"link": "https://example.com/v2/Users/1"})");
    BOOST_TEST(!resource.matches("link eq \"https://example.com/Users/1\""));
    BOOST_TEST(resource.matches("link eq \"https://example.com/v2/Users/1\" and link co \"Users\""));
}

BOOST_AUTO_TEST_CASE(a_value_of_the_wrong_type_equals_nothing)
{
    Probe const corrupt = probe(R"({"text": 5, "flag": "true", "count": "5", "when": "soon", "part": "x"})");
    for (std::string_view const filter :
         {"text eq \"5\"", "flag eq true", "count eq 5", "when eq \"2020-01-01T00:00:00Z\"", "count lt 9",
          "when gt \"2000-01-01T00:00:00Z\"", "part.type eq \"x\""})
    {
        BOOST_TEST(!corrupt.matches(filter), filter);
    }
    BOOST_TEST(corrupt.matches("text ne \"5\" and flag ne true and count ne 5 and when ne \"2020-01-01T00:00:00Z\""));
}

BOOST_AUTO_TEST_CASE(an_element_can_be_asked_alone)
{
    auto const path =
        bind(parse_path("parts[type eq \"work\" and not (primary eq true)]").value(), filter_test::type("Probe"));
    BoundFilter const& filter = path.value().filter.front();
    BOOST_TEST(matches_element(filter, parse_json(R"({"type": "Work"})").value()));
    BOOST_TEST(!matches_element(filter, parse_json(R"({"type": "work", "primary": true})").value()));
    BOOST_TEST(!matches_element(filter, parse_json("\"work\"").value()));
    BOOST_TEST(!matches_element(filter, nullptr));
}

BOOST_AUTO_TEST_CASE(constants_hold_or_do_not)
{
    BindOptions const root{.unknown_has_no_value = true};
    BOOST_TEST(empty().matches("nosuch ne 1", root));
    BOOST_TEST(!empty().matches("nosuch pr", root));
}

BOOST_AUTO_TEST_SUITE_END()
