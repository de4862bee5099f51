// Links libpq; there is no server where it looks.
#include <scimkit/postgresql/postgresql_store.hpp>

#include <iostream>

int main()
{
    auto const store = scimkit::postgresql::open_store("host=/nowhere dbname=none");
    std::cout << (store ? "a store" : store.error().detail) << '\n';
    return !store && store.error().code == scimkit::ErrorCode::unavailable ? 0 : 1;
}
