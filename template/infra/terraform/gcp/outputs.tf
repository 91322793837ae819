output "ci_provider" {
  description = "Who the pipeline introduces itself to: the variable GCP_IDENTITY_PROVIDER."
  value       = module.ci_identity.provider
}

output "ci_service_account" {
  description = "Who the pipeline acts as: the variable GCP_SERVICE_ACCOUNT."
  value       = module.ci_identity.service_account
}

output "registry" {
  description = "Where images go: the variable REGISTRY."
  value       = module.registry.url
}

output "database_address" {
  description = "Private address of the database."
  value       = module.database.address
}

output "secret_store" {
  description = "Apply once: terraform output -raw secret_store | kubectl apply --namespace NAMESPACE --filename -"
  value = yamlencode({
    apiVersion = "external-secrets.io/v1"
    kind       = "SecretStore"
    metadata   = { name = "cloud", namespace = var.namespace }
    spec       = { provider = { gcpsm = { projectID = var.project } } }
  })
}
