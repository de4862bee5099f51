#include <scimkit/store/small_store.hpp>
#include <scimkit/store/store.hpp>

namespace scimkit
{

QueryCapability ReadTransaction::capability(Query const&) const { return {}; }

result<void> ResourceStore::attach(std::shared_ptr<SchemaRegistry const>) { return {}; }

result<void> ResourceStore::health() const { return {}; }

result<bool> SmallStore::find(std::string_view, AttributeRef const&, ResourceType const&, std::string_view,
                              function_ref<bool(Resource&&)>)
{
    return false;
}

} // namespace scimkit
