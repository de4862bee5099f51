// What a client says of references, before it is known what is stored: apart from the rule that settles them, because
// it is about what was sent, in whatever form.
#include "reference_elements.hpp"

#include <set>

namespace scimkit::service
{

void name_by_id(json::value& value, AttributeRef const& attribute, Call const& call)
{
    for (ReferenceAttribute const& reference : call.plan().references)
        if (reference.attribute.attribute == attribute.attribute && reference.is_multi_valued())
            for_each_element(value,
                             [&](json::object& element)
                             {
                                 auto const* id = element.if_contains("value");
                                 if (id != nullptr && !id->is_null())
                                     return;
                                 auto const target = reference_target(text_member(element, "$ref"), reference,
                                                                      call.state.options.base_url);
                                 if (target)
                                     element["value"] = target->id;
                             });
}

void name_by_id(json::object& attributes, Call const& call)
{
    for (ReferenceAttribute const& reference : call.plan().references)
        if (auto* value = find_reference(attributes, reference))
            name_by_id(*value, reference.attribute, call);
}

result<void> check_claims(ReadTransaction& transaction, json::value const& value, AttributeRef const& attribute,
                          Call const& call)
{
    if (attribute.sub_attribute != nullptr || call.tolerance().contradicting_references)
        return {};
    for (ReferenceAttribute const& reference : call.plan().references)
    {
        if (reference.attribute.attribute != attribute.attribute)
            continue;
        ReferenceRule rule{transaction, reference, call, UnknownMembers::keep};
        json::value claimed = value;
        result<void> checked;
        std::set<std::string> seen; // what comes again in one list is passed over, whatever it says
        for_each_element(claimed,
                         [&](json::object& element)
                         {
                             auto const id = text_member(element, "value");
                             bool const is_new = !id.empty() && seen.emplace(id).second; // without id: not yet read
                             if (!is_new || (!element.contains("$ref") && !element.contains("type")))
                                 return;
                             if (auto const settled = rule.settle(element, nullptr); checked && !settled)
                                 checked = settled.error();
                         });
        return checked;
    }
    return {};
}

} // namespace scimkit::service
