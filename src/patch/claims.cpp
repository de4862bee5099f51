// A `$ref` or `type` beside the `value` of a reference is a claim of it, and must not outlive it.
#include "patcher.hpp"

namespace scimkit
{

// A reference that gets another `value`: what was said of the one before it goes with that.
void Patcher::forget_claims(json::value& item, PatchOperation const& operation, Change const& change)
{
    auto const& target = operation.path.attribute;
    auto* complex = is_resource_reference(*target.attribute) ? item.if_object() : nullptr;
    bool const is_of_value = target.sub_attribute && target.sub_attribute->name == "value";
    auto const* value = change.members ? change.members->if_contains("value") : is_of_value ? &change.value : nullptr;
    if (!complex || !value || (value->is_null() && operation.op == PatchOp::add))
    {
        return;
    }
    auto const* now = complex->if_contains("value");
    if (!now || *now != *value)
    {
        for (auto const* name : {"$ref", "type"})
        {
            if (auto const claim = complex->find(name); claim != complex->end())
            {
                complex->stable_erase(claim);
            }
        }
    }
}

} // namespace scimkit
