variable "subscription_id" {
  description = "The Azure subscription."
  type        = string
}

variable "location" {
  description = "Where everything lives, such as germanywestcentral."
  type        = string
}

variable "environment" {
  description = "staging or production: one state each."
  type        = string
  default     = "production"

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "Choose staging or production."
  }
}

variable "ci_issuer" {
  description = "Who signs the pipeline's tokens: https://token.actions.githubusercontent.com or https://gitlab.com."
  type        = string
}

variable "ci_subject" {
  description = "The one pipeline that may deploy: repo:acme/desk:environment:production, or project_path:acme/desk:ref_type:branch:ref:main."
  type        = string

  validation {
    condition     = !strcontains(var.ci_subject, "*")
    error_message = "Name one pipeline; a wildcard would let others in."
  }
}

variable "cluster_id" {
  description = "Resource id of the AKS cluster that runs the services, with OIDC issuer and workload identity on."
  type        = string
}

variable "cluster_oidc_issuer" {
  description = "The cluster's OIDC issuer URL."
  type        = string
}

variable "namespace" {
  description = "The cluster's namespace for this product."
  type        = string
  default     = "app"
}

variable "database_subnet_id" {
  description = "A subnet delegated to Microsoft.DBforPostgreSQL/flexibleServers."
  type        = string
}

variable "database_private_dns_zone_id" {
  description = "A private DNS zone ending in .postgres.database.azure.com, linked to the cluster's network."
  type        = string
}

variable "database_sku" {
  description = "The size of the database."
  type        = string
  default     = "GP_Standard_D2ds_v5"
}

variable "database_owner_password" {
  description = "Password of the database's owner; it goes to the server and into no state or plan."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "database_owner_password_version" {
  description = "Raise it to have a new password taken over."
  type        = number
  default     = 1
}

variable "monthly_budget" {
  description = "At 80 % of this amount, in the subscription's currency, spent or forecast, an e-mail goes out."
  type        = number
  default     = 300
}

variable "budget_start" {
  description = "First day of the budget's first month, such as 2030-01-01T00:00:00Z."
  type        = string
}
