output "ci_client_id" {
  description = "Who the pipeline acts as: the variable AZURE_CLIENT_ID."
  value       = module.ci_identity.client_id
}

output "tenant_id" {
  description = "The variable AZURE_TENANT_ID."
  value       = data.azurerm_client_config.current.tenant_id
}

output "registry" {
  description = "Where images go: the variable REGISTRY."
  value       = module.registry.url
}

output "database_address" {
  description = "Host of the database."
  value       = module.database.address
}

output "secret_store" {
  description = "Apply once: terraform output -raw secret_store | kubectl apply --namespace NAMESPACE --filename -"
  value = join("---\n", [for manifest in [
    {
      apiVersion = "v1"
      kind       = "ServiceAccount"
      metadata = {
        name        = "secrets-reader"
        namespace   = var.namespace
        annotations = { "azure.workload.identity/client-id" = module.secrets.reader_client_id }
      }
    },
    {
      apiVersion = "external-secrets.io/v1"
      kind       = "SecretStore"
      metadata   = { name = "cloud", namespace = var.namespace }
      spec = {
        provider = {
          azurekv = {
            authType          = "WorkloadIdentity"
            tenantId          = data.azurerm_client_config.current.tenant_id
            vaultUrl          = module.secrets.vault_url
            serviceAccountRef = { name = "secrets-reader" }
          }
        }
      }
    },
  ] : yamlencode(manifest)])
}
