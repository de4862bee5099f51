//! A server on the crate scim-server with users and groups in memory, or in a file of SQLite, for the benchmarks:
//!   server PORT TOKEN [FILE]
//!
//! The provider is asked by itself: the checks of the server above it refuse an extension of users. What neither can do is
//! refused: members of a group are not patched one by one, and of filters there is what looks an attribute up.
use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use scim_server::{
    RequestContext, Resource, ResourceProvider, ScimServer, ScimServerBuilder,
    providers::{ProviderError, StandardResourceProvider},
    storage::{InMemoryStorage, SqliteStorage, StorageKey, StorageProvider},
};
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const LARGEST_PAGE: usize = 1_000;
const TENANT: &str = "default"; // what the provider calls whom nothing is said of

struct Served<S: StorageProvider> {
    server: ScimServer<StandardResourceProvider<S>>,
    storage: S, // the same one; it has pages, where the provider reads everything for each
}

type Shared<S> = State<Arc<Served<S>>>;
type Answer = Result<Response, Refused>;

struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}

impl From<ProviderError> for Refused {
    fn from(error: ProviderError) -> Self {
        let status = match &error {
            ProviderError::ResourceNotFound { .. } | ProviderError::NotFound { .. } => StatusCode::NOT_FOUND,
            ProviderError::DuplicateAttribute { .. } | ProviderError::DuplicateUserName { .. } => StatusCode::CONFLICT,
            ProviderError::InvalidData { .. } | ProviderError::InvalidInput { .. } => StatusCode::BAD_REQUEST,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Refused(status, error.to_string())
    }
}

fn unexpected(error: impl std::fmt::Display) -> Refused {
    Refused(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
}

fn invalid(error: impl std::fmt::Display) -> Refused {
    Refused(StatusCode::BAD_REQUEST, error.to_string())
}

fn type_of(endpoint: &str) -> Result<&'static str, Refused> {
    match endpoint {
        "Users" => Ok("User"),
        "Groups" => Ok("Group"),
        _ => Err(Refused(StatusCode::NOT_FOUND, endpoint.to_owned())),
    }
}

fn context() -> RequestContext {
    RequestContext::new(String::new()) // whose id goes into a log alone
}

fn answer(status: StatusCode, body: &Value) -> Answer {
    let text = serde_json::to_vec(body).map_err(unexpected)?;
    let mut made = Response::new(Body::from(text));
    *made.status_mut() = status;
    made.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/scim+json"));
    Ok(made)
}

impl<S: StorageProvider> Served<S> {
    fn shown(&self, resource: &Resource) -> Result<Value, Refused> {
        self.server.serialize_resource_with_refs(resource, None).map_err(unexpected)
    }
}

async fn create<S: StorageProvider + 'static>(State(served): Shared<S>, Path(endpoint): Path<String>, body: Bytes) -> Answer {
    let data = serde_json::from_slice(&body).map_err(invalid)?;
    let made = served.server.provider().create_resource(type_of(&endpoint)?, data, &context()).await?;
    answer(StatusCode::CREATED, &served.shown(made.resource())?)
}

async fn read<S: StorageProvider + 'static>(State(served): Shared<S>, Path((endpoint, id)): Path<(String, String)>) -> Answer {
    match served.server.provider().get_resource(type_of(&endpoint)?, &id, &context()).await? {
        Some(found) => answer(StatusCode::OK, &served.shown(found.resource())?),
        None => Err(Refused(StatusCode::NOT_FOUND, id)),
    }
}

async fn patch<S: StorageProvider + 'static>(
    State(served): Shared<S>,
    Path((endpoint, id)): Path<(String, String)>,
    body: Bytes,
) -> Answer {
    let request: Value = serde_json::from_slice(&body).map_err(invalid)?;
    let kind = type_of(&endpoint)?;
    if kind == "Group" && request.pointer("/Operations/0/path").is_some_and(|path| path == "members") {
        // The library would put the new members in the place of all others.
        return Err(Refused(StatusCode::NOT_IMPLEMENTED, "members are not added to others".to_owned()));
    }
    let changed = served.server.provider().patch_resource(kind, &id, &request, None, &context()).await?;
    answer(StatusCode::OK, &served.shown(changed.resource())?)
}

async fn delete<S: StorageProvider + 'static>(State(served): Shared<S>, Path((endpoint, id)): Path<(String, String)>) -> Answer {
    served.server.provider().delete_resource(type_of(&endpoint)?, &id, None, &context()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `ATTRIBUTE eq "TEXT"`, which is what the library looks up.
fn looked_up(filter: &str) -> Option<(&str, &str)> {
    let (attribute, quoted) = filter.split_once(" eq ")?;
    let value = quoted.strip_prefix('"')?.strip_suffix('"')?;
    (attribute.bytes().all(|each| each.is_ascii_alphanumeric()) && !value.contains(['"', '\\'])).then_some((attribute, value))
}

async fn list<S: StorageProvider + 'static>(
    State(served): Shared<S>,
    Path(endpoint): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    let kind = type_of(&endpoint)?;
    let text = |name: &str| query.iter().find(|(each, _)| each == name).map(|(_, value)| value.as_str());
    let number = |name: &str, otherwise: usize| text(name).map_or(Ok(otherwise), str::parse).map_err(invalid);
    let (first, count) = (number("startIndex", 1)?.max(1), number("count", LARGEST_PAGE)?.min(LARGEST_PAGE));
    let (total, page) = if let Some(filter) = text("filter") {
        let (attribute, value) =
            looked_up(filter).ok_or_else(|| Refused(StatusCode::NOT_IMPLEMENTED, format!("no such filter: {filter}")))?;
        let found = served.server.provider().find_resources_by_attribute(kind, attribute, value, &context()).await?;
        let shown: Result<Vec<_>, _> = found.iter().skip(first - 1).take(count).map(|each| served.shown(each.resource())).collect();
        (found.len(), shown?)
    } else {
        let total = served.storage.count(StorageKey::prefix(TENANT, kind)).await.map_err(unexpected)?;
        let found = served.storage.list(StorageKey::prefix(TENANT, kind), first - 1, count).await.map_err(unexpected)?;
        let shown: Result<Vec<_>, _> = found
            .into_iter()
            .map(|(_, data)| served.shown(&Resource::from_json(kind.to_owned(), data).map_err(unexpected)?))
            .collect();
        (total, shown?)
    };
    answer(
        StatusCode::OK,
        &json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": total,
                "startIndex": first, "itemsPerPage": page.len(), "Resources": page}),
    )
}

async fn who(State(wanted): State<Arc<str>>, request: Request, next: Next) -> Response {
    match request.headers().get(header::AUTHORIZATION) {
        Some(given) if given.as_bytes() == wanted.as_bytes() => next.run(request).await,
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn serve<S: StorageProvider + 'static>(
    port: &str,
    token: &str,
    storage: S,
    same: S,
) -> Result<(), Box<dyn std::error::Error>> {
    let address = format!("127.0.0.1:{port}");
    let server = ScimServerBuilder::new(StandardResourceProvider::new(storage)).with_base_url(format!("http://{address}")).build()?;
    let wanted: Arc<str> = format!("Bearer {token}").into();
    let router = Router::new()
        .route("/{endpoint}", get(list::<S>).post(create::<S>))
        .route("/{endpoint}/{id}", get(read::<S>).patch(patch::<S>).delete(delete::<S>))
        .with_state(Arc::new(Served { server, storage: same }))
        .layer(middleware::from_fn_with_state(wanted, who));
    let listener = tokio::net::TcpListener::bind(address).await?;
    Ok(axum::serve(listener, router).await?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.as_slice() {
        [port, token] => {
            let storage = InMemoryStorage::new();
            serve(port, token, storage.clone(), storage).await
        }
        [port, token, file] => {
            serve(port, token, SqliteStorage::new_with_path(file).await?, SqliteStorage::new_with_path(file).await?).await
        }
        _ => Err("server PORT TOKEN [FILE]".into()),
    }
}
