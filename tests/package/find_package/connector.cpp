// A consumer of the connector's library.
#include <scimkit/connector/lifecycle.hpp>
#include <scimkit/connector/mapping.hpp>

int main()
{
    using namespace scimkit::connector;
    Mapping mapping;
    return mapping.rename("User", "nickName", "").has_value() && classify({}) == Lifecycle::none ? 0 : 1;
}
