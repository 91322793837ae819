variable "project" {
  description = "The Google Cloud project: one per product and environment."
  type        = string
}

variable "region" {
  description = "Where everything lives, such as europe-west3."
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

variable "namespace" {
  description = "The cluster's namespace for this product."
  type        = string
  default     = "app"
}

variable "network" {
  description = "The network of the cluster, with private service access: projects/PROJECT/global/networks/NAME."
  type        = string
}

variable "database_tier" {
  description = "The size of the database."
  type        = string
  default     = "db-custom-1-3840"
}

variable "billing_account" {
  description = "The billing account that the budget watches."
  type        = string
}

variable "monthly_budget" {
  description = "At 80 % of this amount, in the billing account's currency, spent or forecast, an e-mail goes out."
  type        = number
  default     = 300
}
