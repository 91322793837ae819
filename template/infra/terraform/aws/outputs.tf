output "ci_role_arn" {
  description = "What the pipeline assumes: the variable AWS_ROLE_ARN."
  value       = module.ci_role.role_arn
}

output "registry" {
  description = "Where images go: the variable REGISTRY."
  value       = module.registry.url
}

output "region" {
  description = "The variable AWS_REGION."
  value       = local.region
}

output "database_address" {
  description = "Host of the database; its owner's password is in the secret named by database_owner_secret."
  value       = module.database.address
}

output "database_owner_secret" {
  description = "Where RDS keeps and rotates the owner's password."
  value       = module.database.owner_secret_arn
}

output "secret_store" {
  description = "Apply once: terraform output -raw secret_store | kubectl apply --namespace NAMESPACE --filename -"
  value = yamlencode({
    apiVersion = "external-secrets.io/v1"
    kind       = "SecretStore"
    metadata   = { name = "cloud", namespace = var.namespace }
    spec = {
      provider = {
        aws = { service = "SecretsManager", region = local.region, prefix = "${local.name}/" }
      }
    }
  })
}
